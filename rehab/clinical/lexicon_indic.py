"""Small words of Hindi and Marathi, in both scripts, that explain a danger word away.

These are words of grammar and of everyday life, not of medicine. Every set errs towards raising: a
word that is missing here means that a text is not explained away.
Project proposal, not sourced: clinic must decide, with speakers of each language.
"""

from __future__ import annotations

from rehab.clinical.words import fold


def _set(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in text.split())


NOT = _set(
    "nahi nahin nhi nahee nai nay nako nahiye nahit नहीं नही नहि नाही नाहीये नाहीत नाहीय नाय "
    "नव्हता नव्हती"
)
NEITHER = _set("na ना न")
IS = _set("hai hain h hu hun hoon he है हैं हूं हूँ आहे आहेत ahe aahe ahet")
SMALL = _set(
    "ka ki ke ko me mein se bhi koi kuch kahi hi to aur ya ani zara jara का की के को में से "
    "भी कोई कुछ काही ही तो और या आणि पण जरा thoda thodi थोड़ा थोड़ी ab abhi ata aata अब अभी "
    "आता आत्ता kami कमी"
)

# "Khoon patla karne ki goli", "blood test", "discharge summary": the next words make it harmless.
HARMLESS_BEFORE: tuple[tuple[frozenset[str], frozenset[str]], ...] = (
    (
        _set("khoon khun blood rakt rakta raktacha खून ख़ून रक्त रक्ताची रक्ताचा ब्लड"),
        _set(
            "patla patli patle thinner thinners patal pressure test report group sugar bank पतला पतली "
            "पतले थिनर पातळ टेस्ट रिपोर्ट ग्रुप शुगर प्रेशर तपासणी जांच jaanch janch tapasni दाब"
        ),
    ),
    (
        _set("discharge डिस्चार्ज"),
        _set(
            "summary card paper papers file ho hone hua kab date ke ki ka se slip certificate समरी "
            "कार्ड पेपर फाइल हो होने हुआ कब के की का से मिळाल zala jhala milala झाला झाल्या झाले"
        ),
    ),
    (_set("daag dag दाग"), _set("liye लिए saathi साठी")),
    (_set("दम dam dum"), _set("तक tak paryant पर्यंत")),
    (_set("sun"), _set("sun ke kar liya lo rahe raha rahi na kr li")),
)
OF = _set("ki ke ka की के का ची चा चे chi cha che")
THINGS = _set(
    "phone mobile fone chashma glass bottle plate pani chabi walker stick lathi paise khapli "
    "khapali papdi papadi scab गळ्यात galyat gale गले खपली पपड़ी thermometer remote fridge फोन मोबाइल चश्मा गिलास "
    "बोतल चाबी लाठी छड़ी पैसे थर्मामीटर चष्मा ग्लास काठी बाटली kathi केस kes"
)
FALLS = _set("gir gira giri gire गिर गिरा गिरी गिरे padla padli padle padlo पडला पडली पडले पडलो")

LEAKS = _set("nikal nikla nikli beh bah ris tapak yet निकल निकला निकली बह रिस टपक")

# Something that was and is over.
LONG_PAST = _set(
    "shuru shurumein suruvatila शुरू सुरुवातीला "
    "pichle pichhle pichli pichale pehle pahle pahale last magchya maagchya magil gelya "
    "pahile purvi पिछले पिछली पहले मागच्या मागील गेल्या पहिले पूर्वी आधी"
)
WAS = _set(
    "hoto होतो होतोय tha thi the hota hoti hote था थी थे होता होती होते होतं hua huyi "
    "असायचा असायची असायचं asaycha asaychi यायचा यायची yaycha"
)
NOW = _set("ab abhi aaj ata aata atta अब अभी आज आता आत्ता")
WELL = _set(
    "khulkar khulke खुलकर खुलके मोकळी mokli "
    "thik theek teek tik thikthak badhiya badiya accha acha achha chan chaan chhan bara bare "
    "barobar mast fit ok okay fine normal sahi ठीक बढ़िया अच्छा छान बरा बरी बरे बरं मस्त फिट "
    "नॉर्मल सही उत्तम सामान्य व्यवस्थित"
)
AGAIN = _set(
    "phir fir dobara dubara wapas vapas parat punha still abhibhi lekin par pan फिर दोबारा "
    "वापस परत पुन्हा लेकिन मगर पण firse phirse"
)
MENDABLE = _set(
    "jhunjhuni jhanjhanahat sunnpan sunpan झुनझुनी झनझनाहट सुन्नपन मुंग्या बधिरपणा mungya badhirpana "
    "sujan soojan sujn swelling dard drd pain lali laali redness bukhar bukhaar fever suj "
    "sooj taap tap dukhna dukhne vedana सूजन दर्द लाली लालिमा बुखार सूज ताप दुखणं दुखणे वेदना"
)
LESS = _set(
    "khatam khatm khatma खत्म समाप्त थांबलं kam km kami utar utri utra utarli utarla gayab कम "
    "कमी उतर उतरी उतरा उतरली उतरला उतरलं ओसरली ओसरला osarli osarla gayi gaya gai geli gela गई "
    "गया गयी गेली गेला गेलं"
)

# "Sooj gayi" is "has swollen", not "the swelling went".
SWELLS = _set("suj sooj soojh सूज")
WENT = _set("gayi gaya gai gya gyi gaye गई गया गयी गए")
VERY = _set("bilkul puri poori kaafi bahut khup purn ekdam ekdum बिल्कुल बिलकुल पूरी काफी बहुत खूप एकदम")

# Something that might happen, or that others have told of.
MIGHT = _set(
    "aaye aae aye jaye jaae jae ho hojaye jaaye aaega aayega आए आये जाए जाये हो जाऐ aala ala "
    "aali ali zala jhala zali jhali jhale zale आला आली आलं झाला झाली झालं झाले padlo padle "
    "पडलो पडले vadhla वाढला वाढली laagla lagla लागला लागली"
)
THEN = _set("to toh tho tar तो तर")
ASKS = _set(
    "kya kaise kahan kaha kisko kise kab kay kaay kuthe konala kashi kasa क्या कैसे कहां कहाँ "
    "किसको किसे कब काय कुठे कोणाला कशी कसं कसा what whom kis kitna kitne kitni konta kontya "
    "किस कितना कितने कितनी किती कोणता कोणत्या"
)
HAPPENING = _set("hai hain h raha rahi rahe rha rhi है हैं रहा रही रहे आहे आहेत ahe aahe")
HEARSAY = _set(
    "kisi kisine bola mhantat mhanatat sunkar log किसी बोला म्हणतात सुनकर लोग youtube google "
    "video padha suna dekha vachla aikla utube यूट्यूब गूगल वीडियो पढ़ा सुना व्हिडिओ वाचलं "
    "ऐकलं bolte kehte"
)

# Somebody else, when the writer is the patient.
KIN = _set(
    "bacche bachche bacchi bachchi बच्चे बच्ची "
    "friend boss colleague papa pitaji father mummy maa mother biwi bivi wife pati husband "
    "patni beta beti bete bhai bhaiya behen bahan didi dadi dada nani nana baba aai vadil "
    "bayko navra mulga mulgi bhau bahin पापा पिताजी मम्मी मां बीवी पति पत्नी बेटा बेटी बेटे "
    "भाई भैया बहन दीदी दादी दादा नानी नाना बाबा आई वडील बायको नवरा मुलगा मुलगी भाऊ बहीण pota "
    "poti पोता पोती पोते नातू नात sasur saas सास ससुर सासू सासरे family फैमिली ghar घर घरात "
    "gharat"
)
KIN_TO = _set(
    "sasubaina sasryanna सासूबाईंना सासूबाईला aaila vadilanna babanna baykola navryala mulala "
    "mulila bhavala bahinila natvala natila sasubaila आईला वडिलांना बाबांना बायकोला नवऱ्याला "
    "मुलाला मुलीला भावाला बहिणीला नातवाला नातीला सासूला सासऱ्यांना मित्राला मैत्रिणीला "
    "शेजाऱ्याला शेजाऱ्यांना काकांना काकूला मामाला मामांना मावशीला आत्याला kakanna kakula "
    "mamala mavshila shejaryala mitrala aatyala"
)
FAR = _set(
    "kakunna mavshinna mamanna काकूंना मावशींना मामींना आत्यांना वहिनींना "
    "samdhan samdhin vihin aadmi admi aurat mohalle bagal समधन आदमी औरत मोहल्ले विहीण माणूस "
    "saali sali sala jija devar jeth chacha chachi mami bua fufa mausi mausa kaka kaku "
    "mavshi atya vahini padosi padosan shejari dost साली साला जीजा देवर जेठ चाचा चाची मामा "
    "मामी बुआ फूफा मौसी मौसा काका काकू मावशी आत्या वहिनी पड़ोसी पड़ोसन शेजारी शेजारचे "
    "शेजारच्या शेजारीण दोस्त मित्र मैत्रीण shejarche shejarchya shejarin kakanna kakula "
    "काकांना काकूला मामांना मावशीला शेजाऱ्याला शेजाऱ्यांना मित्राला मैत्रिणीला samdhi समधी"
)
TO = _set("ko ke ka ki को के का की च्या")
WRITER = _set(
    "main mai me mein mi mujhe mujhko mala maza majha mera meri mere मैं मुझे मी मला माझं "
    "माझा माझी मेरा मेरी मेरे hum हम"
)
TOO = _set("bhi too pan pn suddha भी पण सुद्धा देखील")
LOOKS_WELL = WELL | _set("sukha sookha saaf gulabi सूखा साफ गुलाबी कोरडी कोरडं स्वच्छ kordi kordya")
NOTHING = _set("kuch kuchh koi kahi kaahi कुछ कोई काही")
FOR_SELF = _set(
    "basu baithu बसू बैठूं बैठू sakta sakti jau jaun jaau aau aaun aayu sou soun pehnu karu "
    "tareekh tarikh date appointment gaon gaav reschedule postpone तारीख अपॉइंटमेंट गांव गावी "
    "शकतो शकते येऊ जाऊ झोपू सकता सकती जाऊं आऊं सोऊं पहनूं shakto shakte yeu jhopu zopu"
)
SO = _set(
    "isliye islie iseliye mhanun mhnun tyamule tyamulech इसलिए म्हणून त्यामुळे wajah वजह "
    "vajah karan कारण chalte"
)
CARED_FOR = _set(
    "operation operated surgery discharged patient tramadol painkiller unka unki unke inka "
    "inki inke unko inko unhe inhe ऑपरेशन ऑपरेशननंतर मरीज पेशंट उनका उनकी उनके इनका इनकी इनको "
    "उन्हें इन्हें इनके त्यांना त्यांचं त्यांचा त्यांची tyanna tyanch tyancha tyanchi ghutna "
    "ghutne kulha kulhe गुडघा गुडघे खुबा घुटना घुटने कूल्हा कूल्हे tanke टांके टाके"
)

OPERATION = _set(
    "operation opration surgery ऑपरेशन ऑपरेशनच्या ऑपरेशनमध्ये सर्जरी शस्त्रक्रियेच्या operationchya"
)
SUPPOSE = _set("maan man मान समजा samja fakt")
WORSE = _set(
    "zyada jyada aur ज्यादा और जास्त jast ajun अजून abhibhi badh बढ़ vadh vadhla वाढ वाढला vadhlay"
)
MAY = _set("chalel ka का चालेल chalega चलेगा sakte sakta सकते सकता")
BEFORE_IT = _set("pehle pahle pahale pehele aadhi adhi purvi पहले पहिले आधी पूर्वी")
AT_ALL = _set("ajibat ajibaat bilkul bilkool अजिबात बिल्कुल बिलकुल kahich काहीच")
AT_THE_TIME = _set("time waqt samay dauran vakt veli velela vel वेळी वेळेला समय वक्त दौरान टाइम")
HOW_MUCH = _set("kitna kitne kitni kiti कितना कितने कितनी किती")
FEVERS = _set("bukhar bukhaar fever taap temperature बुखार ताप फीवर")
UPON = _set("par pe पर पे ho झाला आला zala ala to tar तर तो")
SWELLINGS = _set("suj sujan soojan swelling सूज सूजन sooj suja")
MORNING = _set(
    "rakhne rakhkar aaram aram रखने आराम ठेवल्यावर thevlyavar subah subha sakali savere सुबह "
    "सवेरे सकाळी sakal raat रात rat"
)
GOES = _set(
    "utar utarti utarta utarte chali chala jati kam kami gayab उतर उतरते उतरती उतरतो चली जाती "
    "कम कमी जाते"
)
CALF = _set(
    "pindli pindali calf potri potrit jangh mandi पिंडली पोटरी पोटरीला पोटरीत जांघ मांडी laal "
    "lal garam लाल गर्म गरम"
)
FAILS = _set(
    "le li pa paa aa aata aati ata ati ho hota hoti hua hui ja jata jati utar utra utri nikal "
    "chal uth hil mil bol khul yet hot ले ली पा आ आता आती हो होता होती हुआ हुई जा जाता जाती "
    "उतर उतरा उतरी निकल चल उठ हिल मिल बोल खुल येत होत"
)
