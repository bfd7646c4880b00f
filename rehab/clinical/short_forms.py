"""Contractions, and English words as people spell them in text messages."""

from __future__ import annotations

from rehab.clinical.words import fold

# Contractions and words spelt as in text messages. Contractions stand as two words, so that
# "can't", "cannot" and "can not" are one phrase; and
# Indian English says "my chest is paining".
EXPANDED: dict[str, tuple[str, ...]] = {
    "cannot": ("can", "not"), "cant": ("can", "not"), "cnt": ("can", "not"),
    "couldnt": ("could", "not"), "cudnt": ("could", "not"), "dont": ("do", "not"),
    "dnt": ("do", "not"), "doesnt": ("does", "not"), "didnt": ("did", "not"),
    "isnt": ("is", "not"), "aint": ("is", "not"), "arent": ("are", "not"),
    "wasnt": ("was", "not"), "werent": ("were", "not"), "havent": ("have", "not"),
    "hasnt": ("has", "not"), "hadnt": ("had", "not"), "wont": ("will", "not"),
    "wouldnt": ("would", "not"), "shouldnt": ("should", "not"), "im": ("i", "am"),
    "paining": ("pain",), "ive": ("i", "have"), "hvnt": ("have", "not"), "havnt": ("have", "not"),
    "carnt": ("can", "not"), "kant": ("can", "not"), "canot": ("can", "not"),
    "dosnt": ("does", "not"), "dsnt": ("does", "not"), "hes": ("he", "is"), "shes": ("she", "is"),
    "theres": ("there", "is"), "wudnt": ("would", "not"), "wnt": ("will", "not"),
    "gonna": ("going", "to"), "wanna": ("want", "to"), "hasn": ("has", "not"), "didn": ("did", "not"),
    "cldnt": ("could", "not"), "b4": ("before",), "2day": ("today",), "2nite": ("tonight",),
    "n": ("and",), "u": ("you",), "r": ("are",), "hv": ("have",), "hav": ("have",), "nt": ("not",),
    "bt": ("but",), "frm": ("from",), "wen": ("when",), "wat": ("what",), "wid": ("with",),
    "wit": ("with",), "cud": ("could",), "wud": ("would",), "nite": ("night",), "thru": ("through",),
    "blud": ("blood",), "bld": ("blood",), "blod": ("blood",), "hed": ("head",), "sik": ("sick",),
    "thy": ("thigh",), "swoln": ("swollen",), "sweld": ("swelled",),
    "bruz": ("bruise",), "bruzes": ("bruises",), "bruze": ("bruise",), "cumin": ("coming",),
    "cum": ("come",), "breth": ("breath",), "breff": ("breath",), "breeth": ("breathe",),
    "brth": ("breath",), "wund": ("wound",), "woond": ("wound",), "feva": ("fever",),
    "fver": ("fever",), "chst": ("chest",), "leggs": ("legs",), "kaf": ("calf",), "carf": ("calf",),
    "koff": ("cough",), "cof": ("cough",), "coff": ("cough",), "coffing": ("coughing",),
    "pane": ("pain",), "payn": ("pain",), "hart": ("heart",), "tite": ("tight",), "tabs": ("tablets",),
    "wudn": ("would", "not"), "stiches": ("stitches",), "stich": ("stitch",), "vomitin": ("vomiting",),
    "fel": ("fell",), "feeln": ("feeling",), "cudn": ("could", "not"), "smels": ("smells",),
    "purpl": ("purple",), "numm": ("numb",), "num": ("numb",), "nummness": ("numbness",),
    "throwin": ("throwing",), "puking": ("vomiting",), "uncontious": ("unconscious",),
    "dizy": ("dizzy",), "dint": ("did", "not"), "yest": ("yesterday",), "ystrday": ("yesterday",),
    "yestrday": ("yesterday",), "wk": ("week",), "wks": ("weeks",), "op": ("operation",),
    "opn": ("operation",), "surg": ("surgery",), "temps": ("temperature",),
    "lyk": ("like",), "lik": ("like",), "sumone": ("someone",), "sumthing": ("something",),
    "smthing": ("something",), "nuthing": ("nothing",), "nuthin": ("nothing",),
    "nothin": ("nothing",), "mrng": ("morning",), "mrn": ("morning",), "mornin": ("morning",),
    "evng": ("evening",), "nyt": ("night",), "ngt": ("night",), "yday": ("yesterday",),
    "yesday": ("yesterday",), "snce": ("since",), "cnnt": ("can", "not"), "cannt": ("can", "not"),
    "dunno": ("do", "not", "know"), "wudnot": ("would", "not"), "alot": ("a", "lot"),
    "vry": ("very",), "evry": ("every",), "brthing": ("breathing",), "brething": ("breathing",),
    "breding": ("breathing",), "bleedin": ("bleeding",), "bleding": ("bleeding",),
    "blding": ("bleeding",), "swellin": ("swelling",), "sweling": ("swelling",),
    "swelin": ("swelling",), "shivring": ("shivering",), "shiverin": ("shivering",),
    "tmp": ("temperature",), "stmch": ("stomach",), "stomak": ("stomach",),
    "stumok": ("stomach",), "urin": ("urine",), "uryn": ("urine",), "moshun": ("motion",),
    "blak": ("black",), "blck": ("black",), "numness": ("numbness",), "nmb": ("numb",),
    "feelin": ("feeling",), "flt": ("felt",), "slipd": ("slipped",), "slippd": ("slipped",),
    "falln": ("fallen",), "faintd": ("fainted",), "dressng": ("dressing",),
    "drssing": ("dressing",), "stchs": ("stitches",), "prob": ("problem",),
    "probs": ("problems",), "prblm": ("problem",), "oprasion": ("operation",),
    "opration": ("operation",), "sucide": ("suicide",), "suiside": ("suicide",),
    "anymor": ("anymore",), "no1": ("nobody",), "every1": ("everyone",), "some1": ("someone",),
    "fase": ("face",), "fais": ("face",), "speach": ("speech",), "spech": ("speech",),
    "abel": ("able",), "gon": ("gone",), "thnk": ("thank",), "thnks": ("thanks",),
    "limpin": ("limping",), "lim": ("limb",), "nerly": ("nearly",), "moring": ("morning",),
    "tho": ("though",), "coz": ("because",), "bcz": ("because",), "cuz": ("because",),
}  # fmt: skip

# How a Devanagari word is often begun wrongly, and the beginning that was meant: k for kh, g for
# gh, a nasal left out. Never दुकान, the shop.
BEGINNINGS: tuple[tuple[str, str], ...] = tuple(
    (fold(typed), fold(meant))
    for typed, meant in (
        ("दुकत", "दुखत"), ("दुकण", "दुखण"), ("दुकू", "दुखू"), ("जांगे", "जांघे"), ("लगडत", "लंगडत"),
        ("बुकार", "बुखार"), ("भुखार", "बुखार"), ("पिसाब", "पेशाब"), ("पेसाब", "पेशाब"),
        ("चकर", "चक्कर"), ("घाब", "घाव"), ("सोजन", "सूजन"),
    )
)  # fmt: skip
