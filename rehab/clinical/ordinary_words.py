"""Words that mean no harm: those a typing error never turns into a danger word, and greetings.

Project proposal, not sourced: clinic must decide, with speakers of each language.
"""

from __future__ import annotations

from rehab.clinical.words import fold


def _set(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in text.split())


# Ordinary words one letter away from danger words.
NOT_TYPING_ERRORS = _set(
    "pls plz thx thnx hrs mrng msg bcz bcs wht tht ths thr tmrw frnd frm dnt cnt wnt gd mrn nyt thnks tbl tabl "
    "mg ml bp kg km cm mm pm dr drs sms pdf hdfc rly rlly wll gt gud smth nxt prblm clk knw nw jst lst frst "
    "scnd wrk "
    "tapasla tapasle tapasli वाटतंय वाटतय "
    "hansi hasi khuli painted tainted painting cooking joking poking choosing strike striking breeding reading "
    "leading selling telling spelling dwelling bottled talking silver better letter turning "
    "learning morning evening shakkar discharged skills child children together healing heating "
    "wearing feeding heading threat treat treats caller taller falling calling filling feeling "
    "tried trial trail three begin being form from lose hose diary "
    "walking walk weeding reading weekend weekends trying drying plain plains dressing pressing "
    "stocking knocking bearing clearing sleeping sleep "
    "sleeps slept raining training trained gaining other others right table simple hills seeing "
    "skipped cream smells "
    "seeking sitting setting waking walked rising season reason waiting wanting playing paying "
    "handed staying sticking stepping stopping shopping watching making marking taking thinks "
    "thanks certain water listing sending having doing early leave leaves older holder holding "
    "folder lighter lower straight smaller chair chairs ground round ladder matter latter bother "
    "massage message moving finish finished yearly feather flower farmer possible responsive "
    "controlled education indication rating floating power sharing master faster stable switch "
    "issue issues future click train trained praying saying letters charge charged charges bright "
    "fixing mixing booking cooking looking locked allowing attach stick sticks thought though "
    "through thorough notice noticed believe believed remember remembers problem problems "
    "increasing decreasing confusing watches stable rarely nearly barely ending bending sending "
    "pending happy sports sport shower showering shared sharing carrying careful recovery "
    "recovering discovered described prescribed parking think mother mothers talked walks works "
    "worked hotel meeting "
    "singing sewing swimming driving trip ticket trains planted stitched stitching lifted lifting"
)

HARMLESS = _set(
    "thanks thank you thankyou thx ty ok okay okk k hello hi hey done good morning night evening "
    "afternoon day great nice fine yes no sure noted understood got it will do doctor sir madam "
    "maam mam dr so much very welcome bye exercise exercises completed finished all namaste "
    "namaskar namaskaar dhanyavaad dhanyawad dhanyavad shukriya shukria theek thik hai h haan han "
    "ji ho accha acha achha bahut bohot kar liya kiya ho gaya gayi zala zale jhala jhale aahe ahe "
    "vyayam barobar chalel sab धन्यवाद शुक्रिया ठीक है हां हाँ जी नमस्ते नमस्कार आहे होय हो झाले झाला "
    "व्यायाम केला केले अच्छा बहुत कर लिया किया गया हो बरं चालेल खूप आभार"
)
HARMLESS_SYMBOLS = frozenset(fold("👍🙏😊🙂😀😃😄👌✅🎉💪🙌👏🌹💐"))
MAX_HARMLESS_WORDS = 6
