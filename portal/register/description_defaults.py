"""What the privacy description says before anybody has written one: the facts of the register (register §1) with the
times, addresses and names that the settings and the stationery hold now. A draft begins with it."""

from typing import Any

from portal import clock, config
from portal.documents import stationery
from portal.language import LANGUAGES
from portal.register.points import CODES, Content
from portal.spelling import NBSP


def content() -> Content:
    """All twenty points in both languages."""
    facts = {language: _facts(language) for language in LANGUAGES}
    texts = {"sv": SWEDISH, "fi": FINNISH}
    return {code: {name: texts[name][code].format_map(facts[name]) for name in LANGUAGES} for code in CODES}


def _facts(language: str) -> dict[str, Any]:
    head, chosen = stationery.of(language), config.settings()
    body, contact, officer = head["ombudsman"], head["contact"], head["officer"]
    found = {
        "register": head["register"],
        "controller": head["controller"],
        "city": head["city"],
        "unit": head["unit"],
        "post": head["post"],
        "visit": head["visit"],
        "email": head["email"],
        "responsible": ", ".join(filter(None, (head["signer"]["title"], head["signer"]["name"]))),
        "contact": _listed(contact["title"], contact["name"], contact["phone"], contact["email"]),
        "officer": ", ".join(filter(None, (officer["title"], officer["name"]))),
        "officer_reach": _listed(officer["phone"], officer["email"]),
        "ombudsman": body["name"],
        "ombudsman_reach": _listed(body["visit"], body["post"], body["phone"], body["email"], body["web"]),
        "months": clock.RETENTION_MONTHS,
        "hold_months": chosen.hold_review_months,
        "rights_months": chosen.rights_months,
        "idle": chosen.idle_minutes,
        "file_years": chosen.case_file_years,
        "line_years": chosen.case_line_years,
        "consent_years": chosen.consent_file_years,
        "granted": chosen.case_granted_days,
        "refused": chosen.case_refused_days,
        "promise": promise(language),
    }
    return {key: value.replace(NBSP, " ") if isinstance(value, str) else value for key, value in found.items()}


def promise(language: str) -> str:
    """Within which time the city means to answer, as the text says it (in Finnish in the genitive)."""
    weeks, rest = divmod(config.settings().case_working_days, 7)
    if rest:
        return f"{config.settings().case_working_days} " + ("dagar" if language == "sv" else "päivän")
    return f"{weeks} " + ("veckor" if language == "sv" else "viikon")


def _listed(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


SWEDISH = {
    "name": "{register}. Registret består av inspelade samtal till stadens servicenummer och av de uppgifter som hör "
    "till samtalen.",
    "controller": "{controller}. Den personuppgiftsansvariga svarar för att uppgifterna i registret behandlas "
    "enligt lag.",
    "responsible": "Registret sköts av stadens {responsible}, som bestämmer vad som lagras och varför, vem som får "
    "användarrättigheter, hur de som ringer informeras och hur begäranden om insyn, rättelse och utlämnande "
    "besvaras, och som svarar för den här beskrivningen.",
    "contact": "Frågor om registret besvaras av {contact}. Staden nås på adressen {post}, per e-post på {email} och "
    "personligen på adressen {visit}.",
    "officer": "Stadens dataskyddsombud är {officer}: {officer_reach}. Ombudet ger råd och övervakar att dataskyddet "
    "följs, men avgör inga enskilda ärenden.",
    "requests": "Rikta din begäran skriftligen till {city}, {unit}, {post}, eller till {email}. Du kan också lämna in "
    "den personligen på adressen {visit}. Skriv fritt: det finns ingen blankett som du måste använda.\n\n"
    "Vi svarar utan onödigt dröjsmål. Målet är att du får svar inom {promise}, och senast ska det komma inom en månad "
    "från att begäran kom till staden. Är saken invecklad kan tiden förlängas till högst tre månader. Då får du inom "
    "den första månaden veta varför.",
    "stored": "I registret finns inspelningar av samtal till stadens servicenummer: allt som sägs i samtalet. Till ett "
    "samtal hör uppgifter om när det fördes och hur länge, vilket servicenummer och vilket telefonnummer det gällde, "
    "vem som svarade och om du fick veta att samtalet spelas in. Personalen kan anteckna samtalets ämne och göra "
    "andra anteckningar om det. En chef som har lyssnat på samtalet kan utifrån det bedöma "
    "tjänstens kvalitet.\n\n"
    "När någon använder sina rättigheter lagras också begäran med handlingarna i ärendet, och samtycken som någon "
    "har gett.",
    "source": "Uppgifterna kommer från dem som ringer till stadens servicenummer, och från dem som svarar när staden "
    "ringer upp. Tid, längd och telefonnummer antecknas av telefonsystemet. Det som personalen antecknar bygger på "
    "samtalet.",
    "purpose": "Samtalen spelas in bara av två skäl: för kundrådgivarnas säkerhet och för tjänstens kvalitet. Ett "
    "samtal får dessutom höras när någon använder sina rättigheter och samtalet behövs för svaret. I utbildning "
    "används ett samtal bara om personen har samtyckt till det.",
    "basis": "Behandlingen behövs för att utföra en uppgift av allmänt intresse: stadens rådgivning och service "
    "(artikel 6.1 e i dataskyddsförordningen och 4 § i dataskyddslagen 1050/2018). Som arbetsgivare ska staden "
    "dessutom skydda sin personal mot hot och våld (artikel 6.1 c och 27 § i arbetarskyddslagen 738/2002). Utbildning "
    "bygger på samtycke, liksom utlämnande som saknar stöd i lag (artikel 6.1 a).",
    "storage": "Ett samtal raderas av sig självt {months} månader efter att det avslutades. Ett samtal med ett "
    "allvarligt hot kan en chef besluta att förvara skilt och längre, för eventuella fortsatta åtgärder. Det beslutet "
    "prövas på nytt senast efter {hold_months} månader.\n\n"
    "Har någon begärt att få använda sina rättigheter raderas samtalet först när begäran har avgjorts och {granted} "
    "dagar har gått från svaret, eller {refused} dagar om begäran vägrades helt eller delvis. Har personen "
    "samtyckt till att samtalet används i utbildning finns det kvar så länge samtycket gäller.\n\n"
    "Handlingarna i en begäran förvaras i {file_years} år från att ärendet avslutades, och en rad utan innehåll om att "
    "ärendet har funnits i {line_years} år. Ett samtycke som har upphört syns i {consent_years} år.",
    "listeners": "Bara personal som arbetar med telefontjänsten eller med begäranden, och som har fått rättighet "
    "till det, får lyssna: kundrådgivare och chefer på samtal till de servicenummer som de arbetar med, handläggare "
    "och beslutsfattare på samtal som en begäran gäller. Varje gång anges ändamålet. En användarrättighet ges för "
    "högst {rights_months} månader och granskas varje kvartal. Varken dataskyddsombudet eller "
    "systemadministratörerna lyssnar på samtal.\n\n"
    "Du har rätt att få veta när och för vilket ändamål någon har lyssnat på ditt samtal.",
    "told": "Den som ringer får i början av samtalet veta att det spelas in. Den här beskrivningen kan läsas på nätet "
    "och fås på papper av staden.",
    "disclosure": "I regel lämnas inga samtal ut. Polisen eller en annan myndighet kan få ett samtal när lagen ger den "
    "rätt till det. Någon annan får det bara om personen har samtyckt till utlämnandet. Den som beslutar är alltid en "
    "annan än den som har föreslagit det, och vad som lämnades, till vem och på vilken grund antecknas. Du har rätt "
    "att få veta vem som har fått ditt samtal.",
    "transfers": "Uppgifterna överförs inte till länder utanför EU och EES.",
    "protection": "Bara personal med användarrättighet kommer åt registret. Den som loggar in anger användarnamn, "
    "lösenord och en engångskod (tvåfaktorsautentisering), och loggas ut efter {idle} minuter utan aktivitet. "
    "Förbindelsen är krypterad, och inspelningarna är krypterade också där de förvaras. Användningen övervakas: "
    "sökningar, lyssningar och ändringar antecknas i en logg, och det märks om någon ändrar i den.",
    "automated": "Inga beslut om dig fattas automatiskt, och registret används inte för profilering. Av sig självt "
    "sker bara att samtal raderas när deras tid är ute.",
    "access": "Du har rätt att få veta om det finns samtal med dig i registret, och att få en kopia av dem som ljud "
    "eller utskrivna ord för ord. Berätta vilket nummer du ringde från och ungefär när, så hittar vi samtalen. Innan "
    "något lämnas ut kontrollerar vi vem du är. Varken underskrift eller kopia av en identitetshandling behövs. Den "
    "första kopian kostar ingenting. Delar av ett samtal kan tystas om de rör en annan person som annars skulle "
    "lida skada.",
    "rectification": "Uppgifter som är felaktiga, onödiga, bristfälliga eller föråldrade rättas, kompletteras eller "
    "raderas utan onödigt dröjsmål, på stadens eget initiativ eller på din begäran. En inspelning ändras aldrig, men "
    "din egen förklaring kan fogas till den. Det syns att en uppgift har rättats, vem som gjorde det och vilken dag, "
    "och det som stod förut kan vid behov läsas efteråt.\n\n"
    "Om staden inte går med på det du begär får du ett skriftligt intyg med skälen, och du kan föra saken till "
    "dataombudsmannen.",
    "rights": "Du kan också begära att uppgifter raderas eller att behandlingen begränsas, och invända mot "
    "behandlingen. Ett samtycke kan du återkalla när som helst, lika lätt som du gav det.\n\n"
    "Om du anser att dina uppgifter behandlas i strid med lag kan du klaga hos {ombudsman}: {ombudsman_reach}. Det "
    "kostar ingenting. Du kan också föra saken till domstol.",
}

FINNISH = {
    "name": "{register}. Rekisterissä ovat kaupungin palvelunumeroihin tulleiden puhelujen nauhoitteet ja puheluihin "
    "liittyvät tiedot.",
    "controller": "{controller}. Rekisterinpitäjä vastaa siitä, että rekisterin tietoja käsitellään lain mukaan.",
    "responsible": "Rekisteriä hoitaa kaupungin {responsible}, joka päättää, mitä tallennetaan ja miksi, kuka saa "
    "käyttöoikeuksia, miten soittajille kerrotaan nauhoittamisesta ja miten tarkastus-, oikaisu- ja "
    "luovutuspyyntöihin vastataan, ja joka vastaa tästä selosteesta.",
    "contact": "Rekisteriä koskeviin kysymyksiin vastaa {contact}. Kaupungin tavoittaa osoitteesta {post}, "
    "sähköpostilla osoitteesta {email} ja paikan päällä osoitteessa {visit}.",
    "officer": "Kaupungin tietosuojavastaava on {officer}: {officer_reach}. Tietosuojavastaava neuvoo ja valvoo, että "
    "tietosuoja toteutuu, mutta ei ratkaise yksittäisiä asioita.",
    "requests": "Lähetä pyyntösi kirjallisesti: {city}, {unit}, {post}, tai {email}. Voit myös jättää sen paikan "
    "päällä osoitteessa {visit}. Kirjoita vapaasti: mitään lomaketta ei tarvitse käyttää.\n\n"
    "Vastaamme ilman aiheetonta viivytystä. Tavoite on, että saat vastauksen {promise} kuluessa, ja viimeistään sen on "
    "tultava yhden kuukauden kuluessa siitä, kun pyyntö tuli kaupungille. Jos asia on monimutkainen, aikaa voidaan "
    "jatkaa enintään kolmeen kuukauteen. Silloin saat ensimmäisen kuukauden aikana tietää, mistä se johtuu.",
    "stored": "Rekisterissä on nauhoitteita puheluista kaupungin palvelunumeroihin: kaikki, mitä puhelussa sanotaan. "
    "Puheluun liittyvät tiedot siitä, milloin se käytiin ja kuinka kauan se kesti, mikä palvelunumero ja mikä "
    "puhelinnumero oli kyseessä, kuka vastasi ja saitko tietää, että puhelu nauhoitetaan. Henkilökunta voi kirjata "
    "puhelun aiheen ja tehdä siitä muita muistiinpanoja. Puhelun kuunnellut esihenkilö voi arvioida sen "
    "perusteella palvelun laatua.\n\n"
    "Kun joku käyttää oikeuksiaan, tallennetaan myös pyyntö ja asian asiakirjat. Myös annetut suostumukset "
    "tallennetaan.",
    "source": "Tiedot saadaan kaupungin palvelunumeroihin soittavilta ja niiltä, jotka vastaavat, kun kaupunki "
    "soittaa. Ajan, keston ja puhelinnumeron kirjaa puhelinjärjestelmä. Henkilökunnan muistiinpanot perustuvat "
    "puheluun.",
    "purpose": "Puhelut nauhoitetaan vain kahdesta syystä: asiakasneuvojien turvallisuuden ja palvelun laadun vuoksi. "
    "Puhelua saa lisäksi kuunnella, kun joku käyttää oikeuksiaan ja puhelua tarvitaan vastausta "
    "varten. Koulutuksessa puhelua käytetään vain, jos henkilö on suostunut siihen.",
    "basis": "Käsittely on tarpeen yleistä etua koskevan tehtävän, kaupungin neuvonnan ja palvelun, hoitamiseksi "
    "(tietosuoja-asetuksen 6 artiklan 1 kohdan e alakohta ja tietosuojalain 1050/2018 4 §). Työnantajana kaupungin "
    "on lisäksi suojattava henkilökuntaansa uhkailulta ja väkivallalta (6 artiklan 1 kohdan c alakohta ja "
    "työturvallisuuslain 738/2002 27 §). Koulutus perustuu suostumukseen, samoin muu kuin lakiin perustuva "
    "luovuttaminen (6 artiklan 1 kohdan a alakohta).",
    "storage": "Puhelu poistetaan automaattisesti {months} kuukauden kuluttua sen päättymisestä. Puhelun, jossa on "
    "vakava uhkaus, esihenkilö voi päättää säilyttää erillään ja pitempään mahdollisia jatkotoimia varten. Päätös "
    "arvioidaan uudelleen viimeistään {hold_months} kuukauden kuluttua.\n\n"
    "Jos joku on tehnyt oikeuksiaan koskevan pyynnön, puhelu poistetaan vasta, kun pyyntö on ratkaistu ja "
    "vastauksesta on kulunut {granted} päivää tai, jos pyyntöön ei kokonaan suostuttu, {refused} päivää. Jos "
    "henkilö on suostunut siihen, että puhelua käytetään koulutuksessa, se säilytetään niin kauan kuin suostumus on "
    "voimassa.\n\n"
    "Pyynnön asiakirjat säilytetään {file_years} vuotta asian päättymisestä, ja asiasta jää {line_years} vuodeksi "
    "rivi, jossa ei ole sisältöä. Päättynyt suostumus näkyy {consent_years} vuotta.",
    "listeners": "Puheluja saa kuunnella vain puhelinpalvelun tai pyyntöjen parissa työskentelevä henkilökunta, "
    "jolle on annettu siihen oikeus: asiakasneuvojat ja esihenkilöt niiden palvelunumeroiden puheluja, joita he "
    "hoitavat, käsittelijät ja päättäjät pyyntöä koskevia puheluja. Joka kerralla ilmoitetaan tarkoitus. "
    "Käyttöoikeus annetaan enintään {rights_months} kuukaudeksi, ja se tarkistetaan joka vuosineljänneksellä. "
    "Tietosuojavastaava ja ylläpitäjät eivät kuuntele puheluja.\n\n"
    "Sinulla on oikeus saada tietää, milloin ja mitä tarkoitusta varten joku on kuunnellut puheluasi.",
    "told": "Soittajalle kerrotaan puhelun alussa, että puhelu nauhoitetaan. Tämän selosteen voi lukea verkossa ja "
    "saada paperilla kaupungilta.",
    "disclosure": "Pääsääntöisesti puheluja ei luovuteta. Poliisi tai muu viranomainen voi saada puhelun, kun laki "
    "antaa sille siihen oikeuden. Joku muu saa sen vain, jos henkilö on antanut luovuttamiseen suostumuksen. "
    "Päättäjänä on aina joku muu kuin ehdottaja, ja luovutuksesta kirjataan, mitä luovutettiin, kenelle ja millä "
    "perusteella. Sinulla on oikeus saada tietää, kuka on saanut puhelusi.",
    "transfers": "Tietoja ei siirretä EU:n ja ETA:n ulkopuolelle.",
    "protection": "Rekisteriin pääsee vain henkilökunta, jolla on käyttöoikeus. Kirjautumiseen tarvitaan "
    "käyttäjätunnus, salasana ja kertakäyttöinen koodi (kahden vaiheen tunnistautuminen), ja käyttäjä kirjataan ulos "
    "{idle} minuutin käyttämättömyyden jälkeen. Yhteys on salattu, ja nauhoitteet on salattu myös siellä, missä ne "
    "säilytetään. Käyttöä valvotaan: haut, kuuntelut ja muutokset kirjataan lokiin, ja jos joku muuttaa lokia, se "
    "huomataan.",
    "automated": "Sinua koskevia päätöksiä ei tehdä automaattisesti, eikä rekisteriä käytetä profilointiin. "
    "Itsestään tapahtuu vain puhelujen poistaminen, kun niiden aika on päättynyt.",
    "access": "Sinulla on oikeus saada tietää, onko rekisterissä puheluja, joissa olet mukana, ja saada niistä "
    "jäljennös äänenä tai sanasta sanaan kirjoitettuna. Kerro, mistä numerosta soitit ja suunnilleen milloin, niin "
    "löydämme puhelut. Ennen luovuttamista tarkistamme, kuka olet. Allekirjoitusta tai henkilöllisyystodistuksen "
    "kopiota ei tarvita. Ensimmäinen jäljennös on maksuton. Puhelusta voidaan vaientaa kohtia, jotka koskevat toista "
    "henkilöä, jos hänelle muuten aiheutuisi haittaa.",
    "rectification": "Virheelliset, tarpeettomat, puutteelliset tai vanhentuneet tiedot oikaistaan, täydennetään tai "
    "poistetaan ilman aiheetonta viivytystä kaupungin omasta aloitteesta tai pyynnöstäsi. Nauhoitetta ei koskaan "
    "muuteta, mutta siihen voidaan liittää oma selvityksesi. Näkyviin jää, että tieto on oikaistu, kuka sen teki ja "
    "minä päivänä, ja aiempi tieto voidaan tarvittaessa lukea jälkikäteen.\n\n"
    "Jos kaupunki ei suostu pyyntöösi, saat siitä kirjallisen todistuksen perusteluineen ja voit saattaa asian "
    "tietosuojavaltuutetun käsiteltäväksi.",
    "rights": "Voit myös pyytää, että tietoja poistetaan tai että käsittelyä rajoitetaan, ja vastustaa käsittelyä. "
    "Suostumuksen voit peruuttaa milloin tahansa yhtä helposti kuin annoit sen.\n\n"
    "Jos katsot, että tietojasi käsitellään lainvastaisesti, voit valittaa valvontaviranomaiselle. Se on "
    "{ombudsman}: {ombudsman_reach}. Valittaminen on maksutonta. Voit myös viedä asian tuomioistuimeen.",
}
