"""The small words of English, Hindi and Marathi that change what a danger word means.

These are words of grammar, not of medicine: danger words live in the word lists of the content.
Every set errs towards raising: a word that is missing here means that a text is not explained away.
Project proposal, not sourced: clinic must decide, with speakers of each language.
"""

from __future__ import annotations

from rehab.clinical.words import fold


def _set(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in text.split())


# One spelling for the Hindi and Marathi words of grammar that people write in Latin letters.
ROMAN_WORDS: dict[str, str] = {
    **dict.fromkeys(_set("nahi nahin nhi nahee naahi nai nhin nahii ni nhii nahe"), "nahi"),
    **dict.fromkeys(_set("me mein mai main mei mn"), "me"),
    **dict.fromkeys(_set("hai hain h he haii"), "hai"),
    **dict.fromkeys(_set("raha rahi rahe rha rhi rhe rahaa rahee"), "raha"),
    **dict.fromkeys(_set("aahe ahe ahet aahet"), "ahe"),
    **dict.fromkeys(_set("madhe madhye mdhe"), "madhe"),
    **dict.fromkeys(_set("sarkha sarkhe sarkhi sarkhya"), "srkha"),  # alike, not moved
    "was": "was",  # English, not the smell of Marathi
    **dict.fromkeys(_set("bahut bohot bahot bhut boht"), "bahut"),
}

CLAUSE_WORDS = _set(
    "but however though although except instead lekin magar par parantu pan whereas "
    "लेकिन मगर पर परंतु परन्तु पण किन्तु"
)
OR_WORDS = _set("or nor ya kinva किंवा या अथवा")

NEGATORS = _set(
    "no not never without nor neither nil zero none unable nahi nahin nhi nahee naahi nai nako "
    "na mat nahiye nahiy nahit naahit bina नहीं नही नहि नाही नाहीत नाहीये नाहीय मत बिना ना न शकत"
)
NO_WORDS = _set("no without nil zero nor neither")
NEITHER = _set("neither nor न ना")
"""Twice in one sentence: neither this nor that. Not "na": "bukhar hai na" asks for assent."""
IS_WORDS = _set("is are hai hain h hi he ahe aahe ahet aahet है हैं आहे आहेत")
NOT_WORDS = _set("not never")
MODALS = _set("can could will would should must may might")

# What may stand between a negation and the thing it denies.
AFTER_NO = _set(
    "any more new sign signs symptom symptoms of real major such significant severe bad sudden "
    "more further other evidence complaint complaints issue issues problem problems with like "
    "feeling trace"
)
NOUNS_WITH_OF = _set("complaint complaints issue issues problem problems trouble evidence trace")
LINKS = _set("of with like")
AFTER_NOT = _set(
    "once i have has had having get got getting feel feeling felt see seeing seen notice noticed noticing "
    "experience experienced experiencing any a an the my sign signs symptom symptoms of been "
    "really so very too at all that yet suffer suffering from in severe much longer anymore "
    "currently is am are being there new"
)
SEEING = _set("see notice find")
LONGER = _set("longer")
BODY = _set(
    "saddle chest calf leg legs thigh hip wound knee foot ankle groin stomach back head arm"
)
AFTER_LIST = _set("at now today yet since sir madam doctor dr thanks thank")
ARTICLES = _set("a an any the कोई koi")
FREE = _set("free")
AFTER_FREE = _set("since for from now today")
# In the same clause these turn a denial into its opposite: never had such pain before.
TURNS_DENIAL = _set(
    "before until till unless except earlier previously such like only just because pehle pahle "
    "pahile पहले पहिले कभी kabhi"
)
# What may follow a denied thing; anything else might make it mean something different.
AFTER_DENIED = _set(
    "anywhere whatsoever of "
    "at all now today tonight no yet since in on or nor and so anymore any either feeling good ok "
    "okay fine everything sir madam mam doctor dr also still for from this these there here is "
    "was has have i my we pls please thanks thank you last past these those during after while "
    "when with felt noticed seen reported hai h abhi aaj ab bhi ji aur ani tonight overnight "
    "morning evening yesterday nahi nahin nhi right said says"
)
AFFIRMED = _set(
    "yes yeah yep haan han haa hoy present positive started worse worsening increased increasing "
    "hai hain ahe aahe हां हाँ होय है हैं आहे आहेत"
)

# A denial after the thing: fever nahi hai, ताप नाही, fever: no.
AFTER_CUES = _set(
    "nahi nahin nhi nahee naahi nai nahiye nahiy nahit naahit nahie nvhta navhta "
    "नहीं नही नहि नाही नाहीत नाहीये नाहीय नव्हता नव्हती"
)
END_CUES = _set("no nil none absent negative free never zero")
NOT_THERE = _set("there present anymore felt seen noticed now any")
BEFORE_CUE = _set(
    "is are was has been hai hain h he ka ki ke ko ab abhi aaj bhi bilkul to toh koi kuch kuchh "
    "mujhe mala ajibat kahi kaahi kahich ho hota hoti aata aati aa aaya aayi ala aala yet vagaire "
    "wagera vgera now today at all i se है हैं का की को अब अभी आज भी बिल्कुल बिलकुल तो कोई कुछ "
    "मुझे मला अजिबात काही आता आला आली येत हो होत होता होती आया वगैरह वगैरे"
)
AFTER_CUE = _set(
    "hu hun hoon हूं "
    "hai hain h he ho hua hui hue tha thi the aa aaya aayi ji sir madam mam doctor dr abhi ab aaj "
    "ahe aahe aahet yet hot raha rahi rahe rha rhi rhe bas sirf aur ani and so now today at all "
    "thanks है हैं हो हुआ हुई था थी आ आया रहा रही रहे जी सर मैडम डॉक्टर अब अभी आज आहे आहेत येत होत "
    "आता बस और आणि"
)

# Something that was and is over.
PAST_WORDS = _set(
    "yesterday had was were ago last earlier previously kal parso pehle pahle pahile tha thi kaal "
    "hota hoti hote कल परसों पहले था थी काल परवा पहिले होता होती होते"
)
NOW_WORDS = _set("now today ab aaj aata ata atta अब आज आता")
GONE_WORDS = _set(
    "gone resolved settled subsided disappeared stopped vanished gaya gayi gaye gela geli gele "
    "गया गई गये गए गेला गेली गेले थांबला थांबले"
)
WENT = _set("gaya gayi gaye gela geli gele गया गई गये गए गेला गेली गेले")
"""Gone only of a thing that goes (bukhar gaya); behind another verb it happened: tanka tut gaya."""
GOES_AWAY = _set(
    "chala chali chale utar utra mit nikal bukhar bukhaar fever dard pain swelling sujan soojan taap "
    "vedana khansi chakkar चला चली चले उतर मिट बुखार दर्द सूजन ताप वेदना खांसी चक्कर निघून nighun"
)
OK_WORDS = _set(
    "ok okay fine normal alright clear cleared negative theek thik teek bara bare bari बरा बरे बरी "
    "बरं ठीक सामान्य"
)
AFTER_GONE = _set(
    "in within on now today completely fully away totally yesterday thanks thank by with after this i and hai "
    "ab aaj ahe aahe hain है आहे अब आज आता"
)
BEFORE_GONE = _set(
    "almost nearly mostly is has have are was it its all completely fully totally now today ab chala chali"
)
STILL_WORDS = _set(
    "still again back worse increasing more up down high higher since from not no nahi nahin nhi "
    "returned returning se phir fir dobara wapas vapas punha parat abhi but नहीं नही नाही फिर दोबारा "
    "वापस पुन्हा परत से पासून pasun but lekin pan लेकिन पण however"
)
# Things that happened do not go away: a fall of yesterday is still a fall.
EVENTS = _set(
    "fall fell fallen falls slipped slip tripped trip pop popped twist twisted fainted faint "
    "collapsed gir gira giri gire padla padlo padle ghasarlo गिर गिरा गिरी गिरे पडलो पडले पडला "
    "behosh बेहोश bleeding blood khoon खून रक्त"
)
FALLING = _set("fell fall falls falling fallen dropped")
FINE_WORDS = _set(
    "ok okay fine good normal alright theek thik bara barobar ठीक बरा बरे better clean dry"
)

# Something that might happen.
IF_WORDS = _set("if incase case")
MIGHT_VERBS = _set("get gets develop develops experience notice see feel")
AFTER_IF = _set(
    "i we you one someone anyone patient ever suddenly later get gets develop develops experience "
    "notice see feel a an any some severe bad sudden of sign signs symptom symptoms having the "
    "high very or at all by chance anytime god forbid my"
)
ASKING = _set("what whom who where how should shall call")
PRESENT_WORDS = _set(
    "now today since already still again currently yesterday worse this these my it its goes comes "
    "another more morning night tonight days hours having"
)
IF_WORDS_INDIC = _set("agar yadi jar अगर यदि जर")
THEN_WORDS_INDIC = _set("kya kaise kahan kisko kay kuthe konala क्या कैसे कहां किसको काय कुठे कोणाला")
MIGHT_VERBS_INDIC = _set(
    "aaye aye aae aaya aayi ho hua hui jaye jaaye aala ala aali jhala zala jhali zali आए आये आया आयी "
    "हो हुआ हुई जाए जाये आला आली झाला झाली झाले"
)
PRESENT_INDIC = _set(
    "hai hain h raha rahi rahe rha rhi ahe aahe abhi ab aaj se phir fir dobara है हैं रहा रही रहे "
    "आहे अब अभी आज से फिर परत पुन्हा दोबारा आता"
)
LEARNING = _set("signs sign symptoms symptom risk risks chance chances")
BEFORE_LEARNING = (
    _set(
        "what which how are is the do does can could should i we you to tell me about please pls "
        "doctor sir madam early warning common main of a an and"
    )
    | LEARNING
)

WATCHING = _set("watch look")
"""Which signs of a clot should I watch for?"""
LEARNING_INDIC = _set("lakshan lakshane lakshana लक्षण लक्षणे लक्षणं")
IN_LEARNING_INDIC = (
    LEARNING_INDIC
    | IS_WORDS
    | THEN_WORDS_INDIC
    | _set("ke ki ka kaunse kon kaun chi che cha hote hoti hota के की का कौन कौनसे ची चे चा होते होती")
)
DEFINING_STARTS = _set("what whats")
DEFINING = _set("what whats is are a an the does meant by")

WHAT_IF = _set("if")
HAPPENS = _set(
    "dislocate dislocated dislocates dislocation come comes pop pops slip slips break breaks broken "
    "burst open opens fall falls tear tears fracture snap bleed bleeding get gets leak loosen infected"
)
"""In a question with "can" or "will" these are feared, not told: can it dislocate?"""
COULD = _set("can could will would might may possible were")
GETTING = _set(
    "i we you one get gets getting have develop a an the any from to ever still be such"
)
KEEPING = _set("keep stop")
FEARS = _set("scared afraid fear worried frightened terrified nervous")
FEARED_OF = _set("of about")
WILL = _set("will might could can may would")
KNOWING = _set("know tell recognise recognize identify")
PREVENTING = _set(
    "prevent prevents preventing prevention avoid avoids avoiding risk chance chances against"
)
LEARNING_OPENS = _set("what which how do does")
BEFORE_KNOWLEDGE = _set(
    "what which how are is the does do counts count as mean means of a an sign signs symptom "
    "symptoms temperature early long common usual called high much"
)
HERE_AND_NOW = _set(
    "since yesterday already still is was has have had am are feeling feel feels started "
    "became become got did night morning evening started having"
)
WORRIES = _set("afraid scared worried fear fearing worry wondering")

# Getting better.
BETTER_WORDS = _set(
    "reducing reduced reduces less lesser better improving improved improves decreasing decreased "
    "settling settled healing healed subsiding subsided lessening easing eased down fading faded disappeared"
)
GOING = _set("coming going gone come went")
BETTER_HOW = _set(
    "lot each day daily every slowly gradually now than much better nicely well steadily"
)
BEFORE_SURGERY = _set("before prior preop")
STOPPED = _set("stopped")
MAY_STOP = _set(
    "limping bleeding oozing leaking hurting swelling smelling vomiting paining itching"
)
"""Stopped limping is over; stopped passing urine is not."""
USED = _set("used")
AGAIN = _set("again still now today returned back worse increasing more also too")
HEARSAY = _set("read heard saw told true youtube google internet article")
"""I read that clots can happen; is it true that the metal breaks? Nothing of oneself beside it."""
OWN_STORY = _set(
    "my mine now today since yesterday night morning feel feels feeling have has having had got "
    "getting started still already pain painful hurts swollen am"
)
MINE = _set("my mine pain")
OVERNIGHT = _set("morning overnight night rest resting elevation elevating raising up raised")
SETTLES = _set("flat goes go settles settle reduces reduce down disappears vanishes gone")
SWELLS_AT = _set("foot feet ankle ankles leg legs")
ON_A_DAY = _set(
    "day days yesterday week ago itself monday tuesday wednesday thursday friday saturday sunday"
)
SINCE = _set("since from")
BUT_GONE = _set("but lekin pan पण लेकिन")
LONG_SPANS = _set("last week month yesterday for one two three day days night and")
FAR_SWELLINGS = _set("swelling swollen swells puffy puffiness")
NEVER_SIMPLY = _set("calf calves thigh groin hot red warm painful pain one worse more tight hard")
"""With these a swelling that goes by morning is no ordinary one."""
AGO = _set("ago back last previous")
LONG_TIMES = _set(
    "year years yr yrs month months decade decades january february march april june july august "
    "september october november december childhood school college covid"
)
YEAR_FROM, YEAR_TO = 1900, 2100
LONG_AGO_STOPS = _set(
    "and but now today have has is am are since still again im this keeps getting started"
)
"""Between a symptom and "ten years ago" these make it another story: operated years ago and now."""
HOSPITAL_DAYS = _set("hospital ward icu admission")
SURGERY = _set("operation surgery op replacement resurfacing surgical operated")

# Somebody else.
KIN = _set(
    "toddler kids children boy girl grandchild mate buddy roommate someone somebody stranger "
    "father mother wife husband son daughter friend neighbour neighbor uncle aunt brother sister "
    "dad mom mum papa mummy grandfather grandmother cousin pitaji baba aai pati patni dost bhai "
    "neighbours neighbor's colleague boss child kid baby grandson granddaughter nephew niece "
    "behen vadil bayko navra mulga mulgi padosi padosan beta bete beti bhaiya behan bahu saas sasur "
    "aaila vadilanna baykola navryala mulala mulila shejari shejaryala पड़ोसी पड़ोसन बेटे भाभी सास "
    "ससुर "
    "बच्चे आईला वडिलांना बायकोला नवऱ्याला मुलाला मुलीला शेजारी शेजाऱ्याला शेजारणीला भावाला बहिणीला "
    "मित्राला "
    "मैत्रिणीला सासूला सासऱ्यांना पिता पिताजी पापा मां माँ मम्मी पति पत्नी बेटा बेटी दोस्त "
    "भाई बहन बाबा वडील आई बायको नवरा मुलगा मुलगी मित्र मैत्रीण"
)
POSSESSIVES = _set(
    "my our a the this one his her mere meri mera mazya majhya maza majha mazi majhi maze majhe "
    "मेरे मेरी "
    "मेरा माझ्या माझा माझी माझे हमारे आमच्या"
)
FAR_KIN = _set(
    "toddler kids children boy girl grandchild mate buddy roommate someone somebody stranger "
    "mate buddy roommate someone somebody stranger uncle aunt nephew niece grandson granddaughter "
    "neighbours friend neighbour neighbor colleague boss cousin dost padosi padosan shejari "
    "shejaryala पड़ोसी "
    "पड़ोसन दोस्त मित्र मैत्रीण शेजारी शेजाऱ्याला शेजारणीला मित्राला मैत्रिणीला"
)
OBJECT_MARKS = _set("ko ke को के ला")
"""After kin without "my": mummy ko bukhar hai."""
CARED_FOR = _set(
    "operation operated surgery discharged patient tablet tablets medicine tramadol painkiller "
    "urine urinate urinated pee bladder catheter dressing bandage "
    "morphine dawai dawa goli wound stitches hip knee shoulder ऑपरेशन ऑपरेशननंतर दवा दवाई गोली गोळी "
    "औषध मरीज मरीज़ पेशंट"
)
"""One of the family writes for the patient: mother is hard to wake after the tramadol."""
CHILDREN = _set(
    "toddler kids children boy girl grandchild son daughter child kid baby grandson granddaughter "
    "mulga mulgi mulala mulila beta bete beti "
    "बेटे बच्चे बेटा बेटी मुलाला मुलीला मुलगा मुलगी"
)
"""They rarely have the operation; a parent, wife or husband of the writer may be the patient."""
REPORTING = _set(
    "put took checked measured called pressed touched felt kept gave tied changed wrote typing "
    "writing asks wants thermometer "
    "says said say saying told tells thinks noticed saw looked asked"
)
"""My neighbour says that the calf is swollen: then it is not the neighbour's."""
TOO_WORDS = _set("too also same bhi pan भी पण")
ME = _set("me mine myself")
I_WORDS = _set("i we")
BEFORE_KIN = _set("late elder younger big little old poor eldest youngest small dear")
SUPPOSE = _set("suppose supposing imagine hypothetically")
SOME_DAY = _set("day someday future")
JOKES = _set("haha hahaha hehe hahahaha lol joke jokes joking kidding rofl laughing mazak hasi")
JOKED_OF = _set(
    "heart attack killing kill die dying died breath breathless fell fall burst dead bursting cry "
    "crying tears kills broke stroke fainted"
)
"""Words that people use in jokes: the price gave me a heart attack, haha."""
OF_JOKE = _set("out off of me nearly almost")
PEOPLE = _set("people everyone everybody neighbours friends colleagues")
FADES = _set("yellow yellowish fading faded fade vanished disappeared gone lighter")
BRUISES = _set("bruise bruises bruising bruised")
SMALL_BEFORE = _set("blue black purple")
SPREADS = _set("spreading bigger growing new more fast darker")
NOTHING_SO = _set("fall have feel see fell slip had notice")
SO_WORDS = _set("so isliye islie mhanun इसलिए म्हणून")
"""After these the writer may speak of themselves again: my son has fever so I could not come."""
FEELS_FINE = _set("fine fit ok okay well good great alright symptoms")
AFTER_KIN = _set(
    "and in law gone down degrees temperature flu cold viral dengue typhoid covid "
    "toddler kids children boy girl grandchild mate buddy roommate someone somebody stranger "
    "has is had having have got gets a an the severe bad some sudden strong suffering from with "
    "also been was in his her high mild very ko ke ki ka la na ne bahut bohot को के की का ला ना "
    "बहुत खूप khup"
)
SELF = _set(
    "i me my mine myself we us our mera meri mere mujhe main mai mujhko maza majha mazi majhi maze "
    "majhe mazya majhya mala mi मुझे मेरा मेरी मेरे मैं मला माझा माझी माझे माझ्या मी मुझको"
)

# Words of illness that lists may leave out; used to read "no fever or chills" as one list.
SYMPTOMS = _set(
    "fever temperature chills pain ache aches swelling swollen redness red warmth warm hot bleeding "
    "discharge pus nausea vomiting cough breathlessness breathless breathing dizzy dizziness "
    "numbness numb tingling weakness itching rash headache burning smell cramps tightness "
    "bukhar bukhaar dard sujan soojan chakkar ulti khansi taap tap suj vedana बुखार दर्द सूजन "
    "चक्कर उल्टी खांसी ताप सूज वेदना लाली दुखणे"
)

# These stand in phrases of the word lists without being of an illness.
ORDINARY = _set("utar उतर it its week month first hospital है हैं आहे hai ahe")

# Between the words of a phrase these change nothing: "calf is very swollen".
FILLERS = _set(
    "my the a an is are was am in on of so very really much bit little too also at all just even any "
    "some this that quite badly hi bhi bahut bohot thoda mera meri mere bilkul to toh ka ki ke ko me "
    "mein ही भी बहुत थोड़ा मेरा मेरी मेरे बिल्कुल तो का की के को में मध्ये madhe khup खूप फार far"
)
