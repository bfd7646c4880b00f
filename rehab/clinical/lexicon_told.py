"""Small English words of what is told without being so: stories, leaflets, tests, joy and effort.

As in `rehab.clinical.lexicon`: every set errs towards raising, and a word that is missing here
means that a text is not explained away.
Project proposal, not sourced: clinic must decide.
"""

from __future__ import annotations

import re

from rehab.clinical.words import fold


def _set(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in text.split())


# The writer says that all is well, or that there is no such thing.
NOTHING = _set("nothing none")
SO_CALLED = _set("of like such wrong unusual")
SUCH = _set("such")
SUCH_THINGS = _set(
    "thing things problem problems symptom symptoms sign signs issue issues trouble complaint "
    "complaints feeling incident"
)
ANYTHING = _set("anything any")
LIKE_THAT = _set("like of")
THAT = _set("that this these those them it sort kind")
ALL = _set("all everything")
MINE = _set("i we mine my me")
FINE = _set(
    "fine ok okay good great well perfect perfectly stable strong normal healthy excellent super "
    "nicely alright equal soft"
)
NOT_SO = _set("not no never nothing un neither cannot cant hardly")
TURNS = _set(
    "but however except otherwise only although though apart besides actually until till unless "
    "yet still since worse again suddenly lately recently else rest other remaining"
)
"""Beside one of these "all is well" is only half of it."""
MINOR_TURNS = _set("only just")
OWN_TROUBLE = _set("mine it this that same")
"""Mine has been difficult: said of what was read or told before."""
BE = _set("is was has have had does did feels feel seems looks started became got")

# Questions for knowledge.
GENERAL_ASKERS = _set("how what which can could does do will would when whats has have is")
IN_GENERAL = _set(
    "people someone anybody anyone patients if ever know would sign signs symptom symptoms happen "
    "happens emergency true risk risks chance chances cause causes because"
)
OF_NOW = _set(
    "i me my mine am since today yesterday now tonight night morning evening still already "
    "started suddenly this"
)
EVER = _set("ever")
DOES = _set("do does did can could will")

# What doctors and leaflets say.
ADVISERS = _set(
    "doctor dr nurse sister physio physiotherapist therapist surgeon sheet booklet leaflet "
    "pamphlet paper papers summary book card brochure video app instructions hospital they sir "
    "madam you poster notes"
)
ADVISE = _set(
    "told tell tells says said say asked ask asks advised advises mentions mentioned warned warns "
    "instructed instructs explained lists listed written wrote mention explains"
)
TO_DO = _set(
    "call report inform watch look tell ring phone contact if emergency come about signs for"
)

# Stories.
STORIES = _set(
    "film films movie movies serial serials series episode novel story show drama tv netflix "
    "cinema play web picture documentary"
)
ROLES = _set(
    "hero heroine actor actress villain character where man woman guy lady girl boy person someone "
    "who whose he she"
)

# Tests that found nothing.
TESTS = _set(
    "scanned doppler scan scans ultrasound sonography test tests report reports xray mri ct dimer bloods "
    "culture"
)
CLEAR = _set("clear clean negative normal fine ok okay ruled")

# Idioms, joy and jokes.
IDIOMS: tuple[tuple[frozenset[str], frozenset[str]], ...] = (
    (
        _set("fell fall falls falling fallen"),
        _set("asleep sick ill behind short love through apart"),
    ),
    (_set("dying"), _set("to for of")),
    (_set("fits fit"), _set("nicely well me perfectly my in fine")),
    (_set("slipped slip"), _set("in into")),
    (_set("slipped slip slips"), _set("my disc disk from through away")),
    (_set("bleeding"), _set("hell heck")),
    (_set("clot"), _set("tablet tablets injection injections medicine prevention stockings risk")),
    (
        _set("faint"),
        _set("ooze smell line spot mark stain click noise rash redness pink bruise trace"),
    ),
    (_set("myself collapsed fell cried crying"), _set("laughing")),
    (_set("cold ice hot"), _set("pack packs compress bag")),
    (
        _set("discharge"),
        _set(
            "day summary card paper papers date letter certificate slip advice "
            "sheet sheets booklet notes instructions leaflet"
        ),
    ),
    (_set("infection"), _set("prevention control")),
    (_set("stroke"), _set("of")),
    (_set("killing"), _set("it time")),
    (_set("killed"), _set("it time")),
    (_set("heart"), _set("warming felt broken breaking")),
    (_set("burning"), _set("calories question desire fat")),
    (_set("degree degrees"), _set("bend bending flexion angle range extension of")),
    (_set("killer"), _set("workout session physio exercise exercises")),
    (_set("stitches"), _set("laughing")),
    (_set("blue"), _set("moon mood")),
)
"""A word and what follows it that makes it harmless: fell asleep, dying to walk."""
BEFORE_IDIOM = _set(
    "scab dressing plaster bandage phone mobile glass cup plate hair leaf night evening darkness "
    "rain rains price prices rate rates temperature bp sugar"
)
"""In front of fall or fell these make it harmless: the temperature fell."""
JOY = _set(
    "joy happiness laughter laughing excitement pride delight gratitude emotion anticipation"
)
BEFORE_JOY = _set("with of from in out")
SHOWS_JOY = _set(
    "breathless breath cry crying cried tears dying faint fainted collapsed burst bursting numb "
    "shaking trembling die died"
)
BROKEN = _set("broken broke breaks breaking aches melts sank stopped burning")
HEARTS = _set("heart hearts")
CONTROL = _set("control")
BEFORE_CONTROL = _set("under full good complete in normal")
STRAINING = _set("killing kills killed burning murder dying die")
GOOD_WAY = _set("way sense pain burn")
GOOD = _set("good nice best")

# The soreness of both legs after effort.
SORE = _set("sore soreness ache aches achy aching stiff stiffness tired pain paining")
PAIRS = _set("calves thighs legs quads hamstrings muscles shoulders arms")
BOTH = _set("both equal equally")
EFFORT = _set(
    "walk walking walked squat squats exercise exercises exercising gym cycling cycle class "
    "workout lunges stairs session trek climbing climb swimming swim steps training bridges"
)
AFTER = _set("after from")
NEVER_EFFORT = _set(
    "swelling swollen swell swells hot warm red redness heat fever one left right tight hard "
    "lump blue purple breathless breathing chest worse rest night sudden suddenly severe numb "
    "tender operated unbearable not no dark tense bigger"
)

# Small swelling of the evening, asked about.
SMALL = _set("little slight mild bit some small slightly minor light")
EVENINGS = _set("evening evenings")
NORMALLY = _set("normal usual common expected ok okay")

# What others foretell.
FORETELLERS = _set(
    "says say said saying tells told telling thinks think believes insists warns claims swears "
    "keeps scolds scared opinion"
)
FORETOLD = _set("will would may might could can")
BY_OTHERS = _set("people everyone everybody relatives they elders someone aunty grandma villagers")

# Postures of a plan.
POSTURES = _set("sit sitting sleep sleeping lie lying kneel squat eat pray stretch exercise play")
FLOOR = _set("floor ground")

# Tests and times.
CAME_BACK = _set("back returned return returning again came come recurred")
NEVER = _set("never not didnt hasnt")
NIGHTS = _set("night morning evening")
AT_TIMES = _set("at in by the")

# Asked to be ready.
ASKING_ONLY = _set("asking curious wondering knowledge information info prepared ready")
OWN_DEATH = _set(
    "kill kills killed suicide overdose tablet tablets pill pills dose wake forever enough end"
)
"""A question with one of these is never only one of knowledge."""
DREAMS = _set("dream dreamt dreamed nightmare")

# Thought, and mistaken.
THOUGHT = _set("thought felt")
MISTAKEN = _set("just only nothing simply")
THINK = _set("think")
THINK_OF = _set("i we it there")
IS_OR_HAVE = _set("have is am was")

# None of it.
THERE_IS = _set("there i have is are")
NONE = _set("none")
PLACES = _set(
    "in the of area areas region part down below around between or and on at any my about either "
    "saddle private parts you asked calf sides both legs"
)

# Somebody met, and what keeps the writer apart from them.
STRANGERS = _set("man woman lady gentleman guy patient fellow bloke")
ONE_OF_THEM = _set("the a another one other that")
NEXT_TO = _set("to from near visit meet hug see around beside")

PRESENT = _set(
    "is am are has hurts keeps since these this yesterday today tonight ago last night morning"
)
WOUNDS = _set("dressing wound bandage plaster cut incision")
DRY = _set("clean dry dried")

# Here, prevented, dropped, nearly.
AT = _set("at from on")
LACKS = _set(
    "shortness tenderness difficulty breathlessness ache burning rash bruise bruising cramps clots"
)
PREVENTS = _set("avoid avoiding prevent prevents preventing prevention against")
OF_BLOOD = _set("blood any of")
THINGS = _set(
    "phone mobile cup glass plate bottle walker stick crutch remote bag tablet thermometer vase tv "
    "laptop spoon specs spectacles"
)
TOTTERS = _set("balance slipped tripped stumbled wobbled")
HURTS = _set("twist twisted hurt hurts hurting landed hit banged knocked jerk jerked pull pulled")
MEETS = _set("see have had got notice noticed felt feel saw")
FEVERS = _set("fever temperature temp")
NO_FEVER = re.compile(r"9[6-9]([.][0-9])?|36[.][0-9]")

THEY = _set("she he her his him")

MUCH = _set("much")
THANKS = _set("thank thanks thankyou")

# Over.
NEXT = _set("next")
HELPERS = _set("has have did and then so it")
IT = _set("it that they")
SMALL_NUMBERS = _set("0 1 2 3 one two three nil zero nothing")

LIMITS = _set("limit level threshold cutoff range number reading")
EVERYONE = _set("everyone everybody people others all")
NO_AS_ANSWER = _set("no none nil never nope nothing")

PARTS = _set(
    "stitch stitches suture sutures staples wound cut scar dressing skin incision implant"
)
TEXTS = _set("message messages video article page chapter post lesson leaflet booklet note notes")
ABOUT = _set("about on")
READS = _set("read reading watched got")
OWN_STORY = _set("have had has same exactly that this mine too also feel feeling since")
CHANCES = _set("chance chances risk danger possibility")
PETS = _set("dog cat pet cow parrot puppy kitten goat buffalo horse")
BECAUSE = _set("because yes well and exactly")
TELLS_OF = _set("i we mine it that she he")
DID = _set("did do have has am is was had does")
TIMES = _set(
    "since today yesterday now tonight times twice already night morning evening days hours"
)
HAPPENING = _set("slipping dislocating tearing breaking popping loosening falling leaking")
MEASURES = _set("bp pulse sugar oxygen spo2 saturation temperature temp heartbeat pressure")
"""A number near two of these belongs to the one in front of it."""
SINCE_THEN = _set("since after before until till upon at")
