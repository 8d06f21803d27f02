"""The language of a title: right or not known, hardly ever another one."""

import pytest

from reviewkit.dedupe.normalise.language import language_codes, language_of

# Titles that were written before anyone looked at what the rules say of them.
TITLES = {
    "por": (
        "Prevalência de depressão em idosos institucionalizados",
        "Efeitos do exercício físico na qualidade do sono",
        "Mortalidade infantil no Nordeste brasileiro",
        "Cuidados paliativos e espiritualidade: revisão integrativa",
        "Uso de plantas medicinais por gestantes",
        "Síndrome de Burnout em enfermeiros",
        "Esclerose lateral amiotrófica: relato de caso",
        "Aleitamento materno exclusivo e obesidade",
        "Fatores de risco cardiovascular",
        "Qualidade de vida de cuidadores familiares",
        "Violência doméstica contra mulheres grávidas",
        "Tuberculose pulmonar em presídios",
    ),
    "spa": (
        "Prevalencia de depresión en ancianos institucionalizados",
        "Efectos del ejercicio físico en la calidad del sueño",
        "Mortalidad infantil en zonas rurales",
        "Cuidados paliativos y espiritualidad: revisión integradora",
        "Uso de plantas medicinales por embarazadas",
        "Síndrome de Burnout en enfermeras",
        "Esclerosis lateral amiotrófica: reporte de caso",
        "Lactancia materna exclusiva y obesidad",
        "Factores de riesgo cardiovascular",
        "Calidad de vida de cuidadores familiares",
        "Violencia doméstica contra mujeres embarazadas",
        "Tuberculosis pulmonar en cárceles",
    ),
    "fre": (
        "Prévalence de la dépression chez les personnes âgées",
        "Effets de l'exercice physique sur la qualité du sommeil",
        "Mortalité infantile en milieu rural",
        "Soins palliatifs et spiritualité",
        "Syndrome d'épuisement professionnel des infirmières",
        "Sclérose latérale amyotrophique: à propos d'un cas",
        "Allaitement maternel exclusif et obésité",
        "Facteurs de risque cardiovasculaire",
        "Tuberculose pulmonaire en prison",
        "Douleur chronique: prise en charge pluridisciplinaire",
    ),
    "ger": (
        "Prävalenz von Depressionen bei älteren Menschen",
        "Einfluss körperlicher Aktivität auf die Schlafqualität",
        "Säuglingssterblichkeit in ländlichen Regionen",
        "Palliativmedizin und Spiritualität",
        "Burnout-Syndrom bei Pflegekräften",
        "Amyotrophe Lateralsklerose: ein Fallbericht",
        "Stillen und Adipositas",
        "Kardiovaskuläre Risikofaktoren",
        "Chronische Schmerzen: interdisziplinäre Therapie",
        "Häusliche Gewalt gegen schwangere Frauen",
    ),
    "ita": (
        "Prevalenza della depressione negli anziani",
        "Effetti dell'esercizio fisico sulla qualità del sonno",
        "Mortalità infantile nelle aree rurali",
        "Cure palliative e spiritualità",
        "Sindrome da burnout negli infermieri",
        "Sclerosi laterale amiotrofica: caso clinico",
        "Fattori di rischio cardiovascolare",
        "Il dolore cronico: approccio multidisciplinare",
    ),
    "pol": (
        "Częstość występowania depresji u osób starszych",
        "Wpływ ćwiczeń fizycznych na jakość snu",
        "Umieralność niemowląt na terenach wiejskich",
        "Opieka paliatywna i duchowość",
        "Zespół wypalenia zawodowego u pielęgniarek",
        "Stwardnienie zanikowe boczne: opis przypadku",
        "Czynniki ryzyka sercowo-naczyniowego",
        "Leczenie bólu przewlekłego",
    ),
    "tur": (
        "Yaşlı bireylerde depresyon sıklığı",
        "Fiziksel egzersizin uyku kalitesine etkisi",
        "Kırsal bölgelerde bebek ölümleri",
        "Hemşirelerde tükenmişlik sendromu",
        "Amiyotrofik lateral skleroz: olgu sunumu",
        "Kronik ağrı ve tedavisi",
        "Gebelerde anksiyete ve ilişkili faktörler",
    ),
    "chi": (
        "老年人抑郁症患病率的系统评价",
        "运动对睡眠质量的影响",
    ),
    "jpn": (
        "高齢者におけるうつ病の有病率",
        "睡眠の質に対する運動の効果",
        "慢性疼痛患者の看護",
    ),
    "cyrillic": (
        "Распространенность депрессии у пожилых людей",
        "Влияние физических упражнений на качество сна",
    ),
    "scandinavian": (
        "Förekomst av depression hos äldre personer",
        "Effekter av fysisk träning på sömnkvalitet",
        "Forekomst af depression hos ældre",
        "Effekten av fysisk aktivitet på søvn hos barn",
    ),
    "dut": (
        "Prevalentie van depressie bij ouderen",
        "Effecten van lichaamsbeweging op de slaapkwaliteit",
        "Palliatieve zorg en spiritualiteit",
    ),
    "eng": (
        "Prevalence of depression among older adults",
        "Burnout syndrome in nurses",
        "Cardiovascular risk factors",
        "Pulmonary tuberculosis in prisons",
        "Amyotrophic lateral sclerosis: case report",
        "Sjögren syndrome in pregnancy",
        "Guillain-Barré syndrome after Zika virus infection",
        "Medicinal plants",
        "Infant mortality in rural areas",
        "Quality of life of family caregivers in São Paulo, Brazil",
        "Chagas disease in Minas Gerais",
        "De novo mutations in autism",
        "La Crosse encephalitis",
        "In vitro and in vivo activity of El Tor biotypes",
    ),
}
# Short titles are often not known: "Cardiovascular risk factors" has no word of English alone.
MAY_BE_UNKNOWN = 0.4
ENGLISH_MAY_BE_UNKNOWN = 0.5
# "Minas Gerais" is enough for a title of few words.
KNOWN_MISTAKES = frozenset({"Chagas disease in Minas Gerais"})


@pytest.mark.parametrize("language", TITLES)
def test_a_title_is_read_in_its_language_or_in_none(language: str) -> None:
    found = {title: language_of(title) for title in TITLES[language]}
    wrong = {title for title, code in found.items() if code not in {language, ""}}
    assert wrong <= KNOWN_MISTAKES
    unknown = sum(code == "" for code in found.values())
    allowed = ENGLISH_MAY_BE_UNKNOWN if language == "eng" else MAY_BE_UNKNOWN
    assert unknown <= allowed * len(found)


def test_four_languages_of_latin_america_and_europe_are_mostly_known() -> None:
    titles = [(code, title) for code in ("por", "spa", "fre", "ger") for title in TITLES[code]]
    right = [code for code, title in titles if language_of(title) == code]
    assert len(right) >= 0.8 * len(titles)


@pytest.mark.parametrize(
    ("title", "code"),
    [
        # Names with foreign letters do not make an English title foreign.
        ("Guillain-Barré syndrome after infection with the Zika virus in São Paulo", "eng"),
        # Several words with foreign letters are not English, whatever they end in.
        ("K výskytu některých potenciálně maligních nádorů v dětském věku", "cze"),
    ],
)
def test_foreign_letters_count_in_several_words(title: str, code: str) -> None:
    assert language_of(title) == code


def test_a_records_own_codes_are_those_of_titles() -> None:
    assert language_codes(("swe", "rus", "deu", "ces")) == {
        "scandinavian",
        "cyrillic",
        "ger",
        "cze",
    }
