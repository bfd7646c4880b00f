"""Small words of Hindi and Marathi that set a danger word aside: none of these, if ever, years ago.

As in `lexicon_indic`: a word that is missing here means that a text is not explained away.
Project proposal, not sourced: clinic must decide, with speakers of each language.
"""

from __future__ import annotations

from rehab.clinical.words import fold


def _set(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in text.split())


# "Bukhar, sujan aisa kuch nahi": what stands before is a list, and none of it is there.
SUCH = _set(
    "aisa aisi aise asa asla asle tasa tasla tase yatla yatle yapaiki inme inmein isme ismein ऐसा ऐसी "
    "ऐसे असं असा असलं असले असे तसं तसा तसलं तसे यातलं यातले यातील यापैकी इनमें इसमें वैसा waisa"
)
NOTHING = _set(
    "kuch kuchh kuchbhi koi kahi kaahi kahihi kahich ekhi कुछ कोई काही काहीही काहीच एकही कुछभी"
)
LISTED = _set(
    "awaz awaj aawaz aavaj avaj lachakna lachkana आवाज आवाज़ लचकणं लचकना "
    "ya aur ki ka ke me mein pe par bhi na ani kinva kiva wagaira vagaira wagera vagere vagaire "
    "hona aana lagna phoolna phulna fulna chadhna dukhna lagne yene hone dukhne zara bilkul kahi koi "
    "या और कि की का के में पर भी आणि किंवा वगैरा वगैरे होना आना लगना फूलना चढ़ना दुखना निकलना लागणं "
    "लागणे येणं येणे होणं होणे दुखणं दुखणे जाणं सुजणं चढणं अजिबात बिल्कुल अंग पण सुद्धा se से wukhar vukhar"
)
BETWEEN_NOTHING = _set(
    "rahila rahili rahile राहिलं राहिला राहिली राहिलेलं उरलं "
    "se bhi hi to pan tari hot yet vatat janavat disat zala jhala से भी ही तो पण तरी होत येत वाटत "
    "जाणवत दिसत झालं झालेलं आलं एक ek"
)

# "Pay sujla tar baraf lavu ka?", "agar kabhi saans phoolne lage to".
IF = _set("agar ager yadi jar jr kabhi अगर यदि जर कभी")
THEN_HINDI = _set("to toh तो")
THEN_MARATHI = _set("tar तर")
MIGHT = _set(
    "lage laage lge jaye jae jaaye jay jaaye aaye aae aye aa ho hojaye phoole fule phule dikhe nikle uthe "
    "bahe beh bhige bheege khule phate fate gire chadhe badhe ruke tute toote sooje suje dukhe chubhe "
    "लगे जाए जाये आए आये हो होए फूले दिखे निकले उठे बहे भीगे खुले फटे गिरे चढ़े बढ़े रुके टूटे सूजे दुखे चुभे पड़े pade"
)
MARATHI_MIGHT_ENDS = tuple(
    fold(end) for end in ("ला", "ली", "लं", "ले", "लो", "ल्या", "ला", "लाच", "la", "li", "le", "lo")
)
ASKS = _set(
    "kya kaise kahan kaha kisko kise kisse kab kaun kaunse kay kaay kuthe konala kashi kasa kadhi "
    "kitna kitne kitni kiti kis kon konta chalel ka karu karun karoon karna karne karave likhu bulau "
    "bulaun dikhau aau jau batau lau lavu क्या कैसे कहां किसको किसे किससे कब कौन काय कुठे कोणाला कशी कसं "
    "कसा कधी कितना कितने कितनी किती किस कोण कोणता चालेल का करू करूं करना करने करावं लिखूं बुलाऊं "
    "दिखाऊं आऊं जाऊं बताऊं लावू लावायचा यावं येऊ जाऊ"
)
HAPPENING = _set(
    "hai hain h raha rahi rahe rha rhi ahe aahe ahet है हैं रहा रही रहे आहे आहेत aahet chalu चालू"
)

# "Don varshanpurvi attack ala hota", "2019 me lakwa hua tha".
YEARS = _set(
    "saal sal varsh varsha varshe varshanpurvi varshapurvi साल सालों वर्ष वर्षं वर्षे वर्षों वर्षांपूर्वी "
    "वर्षापूर्वी बरसों bachpan lahanpani बचपन लहानपणी"
)
YEAR_ITSELF = _set("varshanpurvi varshapurvi वर्षांपूर्वी वर्षापूर्वी bachpan lahanpani बचपन लहानपणी")
BEFORE = _set("pehle pahle pahele purvi adhi aadhi पहले पूर्वी आधी पहिले")
IN_YEAR = _set("me mein madhe sali में मध्ये साली को ला")
WAS = _set(
    "tha thi the hota hoti hote asaycha asaychi yaycha था थी थे होता होती होते होतं असायचा असायची असायचं यायचा "
    "यायची यायचं"
)
NOW_OR_AGAIN = _set(
    "ab abhi aaj kal phir fir firse phirse dobara wapas se ata aata aaj punha parat अब अभी आज कल फिर "
    "दोबारा वापस आता आज पुन्हा परत"
)
SURGERY = _set("operation surgery ऑपरेशन सर्जरी शस्त्रक्रिया resurfacing replacement")

# "Anandane chhati bharun ali", "hasi se pet phool gaya".
JOY = _set("anandane abhimanane kautukane hasun आनंदाने अभिमानाने कौतुकाने हसून गर्वाने")
JOY_OF = _set("khushi hasi hansi garv garva hasu has ख़ुशी खुशी हंसी गर्व हसू हंस")
OF_JOY = _set("se ke mare aavrena avrena ruk rok has से के मारे आवरेना रुक रोक हंस")
JOYFUL = _set(
    "chhati chati seena sina pet pot saans sans shwas dam phool phul ful gaya bharun chauda chaura rokhun "
    "ghyayla "
    "छाती सीना पेट पोट सांस श्वास दम फूल अटक atak dhadkan dhadak dhakdhak "
    "धड़क धड़कन धडधड छातीत nikal निकल पाय तुटले भरून चौड़ा चौड़ी घ्यायला पळत रोखून"
)
LEISURE = _set("fursat phursat furasat usant फुरसत फुर्सत उसंत")
HURTS = _set(
    "dard dukh dukhta dukhti dukhte dukhtay pain tees dabav jakdan tight दर्द दुख दुखता दुखती "
    "दुखतं दुखते दुखतंय कळ टीस दबाव जकड़न घट्ट chakkar चक्कर"
)

# "Doctor ne doppler kiya, sab normal nikla."
EXAMS = _set(
    "doctor dr doppler scan sonography ultrasound xray report docter doctorani doctoranni डॉक्टर "
    "डॉक्टरांनी डॉक्टरने डॉप्लर स्कैन स्कॅन सोनोग्राफी अल्ट्रासाउंड रिपोर्ट एक्सरे"
)
CLEAR = _set("normal clear theek thik नॉर्मल क्लियर ठीक saaf साफ barobar बरोबर")
NOT_FOUND = _set(
    "nikla nikli mila mili mhanale mhanala bole bola kaha hai aahe ahe ale ala निकला निकली मिला मिली "
    "म्हणाले बोले कहा है आहे आलं आली"
)
STILL = _set(
    "lekin magar par pan phir fir firse phirse abhi ab aaj ata aata punha parat badh vadh vadhla "
    "vadhli tari bhi लेकिन मगर पर पण फिर अभी अब आज आता पुन्हा परत बढ़ वाढ वाढली वाढला तरी"
)
NO_MORE = _set("thanthanit ठणठणीत neet nit नीट theek thik bara bari ठीक बरा बरी बरं")

# "Dam lagat nahi", "saans phoolti nahi": a verb of having, and its no.
HAVING = _set(
    "lagat lagta lagte yet disat hot vatat janavat dukhat sujat phoolti phulti fulti chadhti hoti hota "
    "ati aati aata लागत येत दिसत होत वाटत जाणवत दुखत सुजत फूलती चढ़ती होती होता आती आता लगता लगती दुखता "
    "दुखती निघत निघाला निघालं"
)
IS = _set("hai hain h he ahe aahe ata aata ab है हैं आहे आता अब bilkul")

# "Sandhyakali suj yena normal asta ka?"
SWELLINGS = _set("suj sujan soojan swelling सूज सूजन sooj")
COMING = _set("yena yene aana ana hona येणं येणे आना होना होणं असणं rehna रहना राहणं")
NORMAL = _set("vyavasthit vyavastit व्यवस्थित normal नॉर्मल सामान्य sadharan साधारण samanya swabhavik")
CALF = _set(
    "pindli calf potri potrit jangh mandi पिंडली पोटरी पोटरीला पोटरीत जांघ मांडी lal laal लाल गरम garam"
)

# "Bas jaankari ke liye", "fakt vicharat hote".
INFORMS = _set(
    "jankari jaankari mahiti mahitisathi जानकारी माहिती माहितीसाठी pooch puch puchh poochh vicharat "
    "पूछ पूछना विचारत विचारायचं विचारतो विचारते"
)
WRITER = _set("mujhe mujhko mai main mala मुझे मैं मला abhi filhal sadhya अभी फिलहाल सध्या")
"""Neighbours and the like, who are never the patient whose messages these are."""
STRANGERS = _set(
    "padosi padosan pados padoswale mohalle shejari shejarchya shejarche shejaryanna shejaryala "
    "shejarin colleague boss office dost saheli mitra mitrala maitrin maitrinichya maitrinila पड़ोसी पड़ोसन "
    "पड़ोस पड़ोसवाले मोहल्ले शेजारी शेजारच्या शेजारचे शेजाऱ्यांना शेजाऱ्याला शेजारीण ऑफिस ऑफिसमधल्या बॉस दोस्त "
    "सहेली मित्र मित्राला मित्राच्या मैत्रीण मैत्रिणीच्या मैत्रिणीला मैत्रिणीचा मित्राचा "
    "maitrinicha mitracha dostacha कलीग सहकर्मी"
)
OWN = _set(
    "mera meri mere mujhe main mai mala maza majha mazya majhya mazi majhi मेरा मेरी मेरे मुझे मैं मला "
    "माझा माझी माझं माझ्या hum hamare हमारे मी apna apni अपना अपनी papa mummy पापा मम्मी आई "
    "बाबा aai baba mi"
)
REPORTS = _set(
    "bola boli bole kaha keh kehta kehti kehte bataya dekha mhanala mhanali mhanale sangitla बोला बोली "
    "बोले कहा कह कहता कहती बताया देखा म्हणाला म्हणाली म्हणाले सांगितलं बोल bol म्हणतो म्हणते"
)
TOO = _set("bhi pan suddha भी पण सुद्धा देखील")

AT_ALL = _set(
    "ajibat bilkul mulich kahi jasta jast pan bhi ekdam zara jara अजिबात बिल्कुल मुळीच काही जास्त पण भी "
    "एकदम ज़रा जरा फार far"
)
NOR = _set("ki aur ani na kinva or की कि और आणि ना किंवा")
ALL = _set("sab sabkuch sagla sagle sarva sagal सब सगळं सगळे सगळ्या सर्व सबकुछ")
FULLY_WELL = _set("theek thik thikthak badhiya badiya mast chan chhan ठीक बढ़िया मस्त छान व्यवस्थित")

# The nurse asked about it, and the patient said no.
WAS_ASKED = _set(
    "pucha puchha poocha poochha puchh vicharla vicharle vicharal पूछा विचारलं विचारले विचारला"
)
SAID = _set(
    "kaha bola boli bataya kiya mhatla mhantla sangitla mhanalo mhanale कहा बोला बोली बताया किया म्हटलं "
    "म्हणालो म्हणाले सांगितलं"
)
REFUSED = _set("mana मना")

# What is done so that it does not come; what was said to be possible.
LEST = _set("naye nye नये")
NEGATIVE_WISH = _set("na ना न")
SO_THAT = _set("isliye iske liye islie इसलिए इसके")
TOLD = _set(
    "samjhaya bataya kaha bola bole likha lihilay lihila padha suna sangitla sangitle mhanale samjavla vachla "
    "समझाया बताया कहा बोला बोले लिखा लिहिलंय लिहिलं पढ़ा सुना "
    "सांगितलं सांगितले म्हणाले समजावलं वाचलं"
)
MAY = _set("sakta sakti sakte shakto shakte shakta सकता सकती सकते शकतो शकते शकतं")
SEEMS = _set("lagta lag laga vatta vatat lagat लगता लग लगा वाटतं वाटते वाटत")

# "Operation ke din bahut khoon nikla tha."
OF_SURGERY = _set("operationchya ऑपरेशनच्या शस्त्रक्रियेच्या surgerychya सर्जरीच्या")
DAY = _set("din divshi दिन दिवशी")
SINCE = _set("se baad nantar pasun से बाद नंतर पासून")

# "Match dekhte hue saans atak gayi, kya over tha yaar."
SHOWS = _set(
    "dance nachun naach shaadi lagnat डांस नाचून नाच शादी लग्नात "
    "match film filam movie picture cinema serial series cricket ipl मैच मॅच फिल्म मूवी पिक्चर सिनेमा "
    "सिनेमात सीरियल मालिका क्रिकेट"
)
WATCHED = _set(
    "dekhte dekh dekhkar dekhi dekha baghtana pahtana baghun देखते देख देखकर देखी देखा बघताना पाहताना "
    "बघून पाहून हिरो hero karte me nachun करते में नाचून"
)
PLAYFUL = _set(
    "yaar yar rao haha hahaha over hasu hasi hansi maza mazaa sabki यार राव हाहा ओवर मजा मज़ा sabka "
    "सबका सबकी हसू "
    "हंसी खेळले khelle"
)
ITSELF = _set("hai h है आहे ahe")

# "Uske baad kuch nahi."
AFTER_THAT = _set("uske iske tyanantar nantar baad उसके इसके त्यानंतर नंतर बाद")
WHETHER = _set("kya ka क्या का")
ADVISES = _set(
    "karo kare kara phone call batao करें करो करा फोन कॉल बताओ बताएं "
    "kaha bola bole samjhaya bataya jana mhanale mhanala sangitla thambaycha thamba ruk rukna batana कहा बोला "
    "बोले समझाया बताया जाना म्हणाले म्हणाला सांगितलं थांबायचं थांबा रुक रुकना बताना"
)
GOING_ON = _set(
    "raha rahi rahe rha rhi lagla lagli lagtoy lagtey yetay yetoy hotay hotoy gaya gayi रहा रही रहे लागतोय "
    "लागतेय येतंय येतोय होतंय होतोय दुखतंय फुलतोय"
)

# "Khanda nikhalna mhanje kay?"
BARE_VERB_ENDS = tuple(fold(end) for end in ("ना", "णं", "णे", "na", "ne"))
MEANS = _set("mhanje mhnje matlab म्हणजे मतलब kehte kahte कहते hota होता")
WHAT = _set("kay kaay kya kise kisko काय क्या किसे किसको")

# Those a family mourns, and a fall that did not happen.
MOURNED = _set(
    "nani nana dada dadi aji aaji ajoba chacha chachi mama mami kaka kaku sasur saas padosi dost mitra "
    "नानी नाना दादा दादी आजी आजोबा चाचा चाची मामा मामी काका काकू ससुर सास पड़ोसी दोस्त मित्र शेजारी "
    "ताऊ ताई बुआ फूफा मौसी आत्या मावशी"
)
DEATHS = _set(
    "dehant nidhan swargwas mrityu guzar gujar expire varle varli varla gele देहांत निधन स्वर्गवास मृत्यु गुज़र वारले "
    "वारली वारला एक्सपायर"
)
FALLS = tuple(
    fold(word)
    for word in ("gir", "phisal", "fisal", "ghasar", "ghasr", "गिर", "फिसल", "घसर", "पड")
)
SPARED = _set(
    "bacha bachi bache bach bachgaya vachlo vachle vachli बचा बची बचे बच वाचलो वाचले वाचली"
)

# "Soojne ka khatra rehta hai kya?", "jaangh me khichav rahega", "operation ke baad theek hai".
OF = _set("ka का")
RISKS = _set("khatra dhoka risk chance chances खतरा धोका रिस्क चान्स chans")
SINCE_SURGERY = _set("operationnantar ऑपरेशननंतर शस्त्रक्रियेनंतर surgerynantar")
FUTURE_ENDS = tuple(
    fold(end) for end in ("ega", "egi", "enge", "ेगा", "ेगी", "एगा", "ेल", "rahil", "hoil")
)
I_MYSELF = _set("maine mi mai main मैंने मैं मी")
EXERCISES = _set("exercise exercises vyayam kasrat workout एक्सरसाइज व्यायाम कसरत वर्कआउट")
LESS = _set("kam kum ghat कम घट कमी kami")
FEARS = _set("dar darr bhiti bhay डर भीती भय")
UNDERSTOOD = _set("samajh samaj samjh समझ")
