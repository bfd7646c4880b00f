"""Contractions, and English words as people spell them in text messages."""

from __future__ import annotations

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
}  # fmt: skip
