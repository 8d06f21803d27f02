"""Printed strategies of many kinds, made up in the ways that are seen in print."""

STRATEGIES: dict[str, str] = {
    "ovid_embase": """\
Database: Embase <1974 to 2023 May 12>
Search Strategy:
--------------------------------------------------------------------------------
1     exp intestine flora/ (98123)
2     (microbio* or micro-bio* or dysbio?is or "gut bacteria").mp. (245,661)
3     (f?ecal adj3 (transplant$ or transfer$)).ti,ab,kw. (7120)
4     or/1-3 (280011)
5     exp *motor neuron disease/ or "amyotrophic lateral scleros$".tw. (40022)
6     (Lou Gehrig$ adj2 disease).ti,ab. (300)
7     5 or 6 (40100)
8     4 and 7 (512)
9     limit 8 to (english or portuguese) (490)
10    limit 9 to yr="2012 - 2022" (301)
11    remove duplicates from 10 (298)
""",
    "embase_com": """\
#1 'amyotrophic lateral sclerosis'/exp OR 'motor neuron disease'/de
#2 'intestine flora'/exp/mj OR dysbios?s:ti,ab,kw OR (gut NEXT/2 bacter*):ti,ab
#3 (faecal NEAR/3 transplant*):ti,ab
#4 #2 OR #3
#5 #1 AND #4
#6 #5 AND [english]/lim AND [2010-2022]/py
#7 #6 NOT ('conference abstract'/it OR 'conference review'/it)
#8 #7 AND [embase]/lim NOT ([embase]/lim AND [medline]/lim)
""",
    "cochrane": """\
Search Name: ALS microbiome
Date Run: 12/05/2023 10:12:33
Comment:

ID	Search	Hits
#1	MeSH descriptor: [Amyotrophic Lateral Sclerosis] explode all trees	812
#2	MeSH descriptor: [Motor Neuron Disease] this term only	105
#3	("amyotrophic lateral sclerosis" or ALS or (motor next neuron* next disease*)):ti,ab,kw	3456
#4	{OR #1-#3}	3600
#5	[mh "Gastrointestinal Microbiome"] or [mh ^Dysbiosis] or [mh "Fecal Microbiota Transplantation"/AE]	900
#6	(gut near/4 (flora or microb*)):ti,ab	2100
#7	#5 or #6	2500
#8	#4 and #7 with Cochrane Library publication date Between Jan 2010 and Dec 2022, in Trials	14
""",
    "cinahl": """\
S12	S10 AND S11	Limiters - Published Date: 20100101-20221231; English Language	Expanders - Apply equivalent subjects	Search modes - Boolean/Phrase	23
S11	S7 OR S8 OR S9	1,204
S10	S1 OR S2 OR S3 OR S4 OR S5 OR S6	5,900
S9	TI ( gut N3 (flora OR bacteria*) ) OR AB ( gut N3 (flora OR bacteria*) )	310
S8	(MH "Microbiota+") OR (MM "Intestines/MI")	800
S7	TX dysbiosis	600
S6	AB "lou gehrig#"	44
S5	TI als	901
S4	TI "motor neuron* disease"	304
S3	AB "amyotrophic lateral sclerosis"	2,001
S2	TI "amyotrophic lateral sclerosis"	1,010
S1	(MH "Amyotrophic Lateral Sclerosis")	2,700
""",
    "scopus": """\
( TITLE-ABS-KEY ( "amyotrophic lateral sclerosis"  OR  {motor neuron disease}  OR  "Lou Gehrig*" ) )  AND  ( TITLE-ABS-KEY ( ( gut  OR  intestin* )  W/3  ( microbio*  OR  flora ) )  OR  TITLE-ABS ( dysbiosis ) )  AND  PUBYEAR  >  2009  AND  PUBYEAR  <  2023  AND  ( LIMIT-TO ( DOCTYPE ,  "ar" )  OR  LIMIT-TO ( DOCTYPE ,  "re" ) )  AND  ( LIMIT-TO ( LANGUAGE ,  "English" ) )  AND NOT INDEX ( medline )
""",
    "wos": """\
# 4	#3 AND #2 AND #1	Indexes=SCI-EXPANDED, SSCI Timespan=2010-2022	87
# 3	TS=((faecal OR fecal) NEAR/2 transplant*) OR TS=(microbio$)	45,002
# 2	TI=(gut* SAME flora) OR TS=("dysbio*" OR "micro flora")	99,400
# 1	TS=("amyotrophic lateral sclerosis" OR "motor neuron* disease*" OR ALS)	50,110
""",
    "lilacs": """\
(tw:("esclerose lateral amiotrófica" OR "esclerosis lateral amiotrófica" OR ela)) AND (mh:("Microbioma Gastrointestinal") OR tw:(disbiose OR disbiosis OR "flora intestinal") OR mh:G06.591.375$) AND (db:("LILACS" OR "IBECS") AND la:("pt" OR "es" OR "en") AND year_cluster:[2010 TO 2022]) AND NOT (type_of_study:("case_reports"))
""",
    "europepmc": """\
(TITLE_ABS:"amyotrophic lateral sclerosis" OR KW:"Motor Neuron Disease" OR TITLE:(ALS)) AND (ABSTRACT:(microbiom* OR dysbiosis) OR METHODS:"16S") AND (FIRST_PDATE:[2010-01-01 TO 2022-12-31]) AND (SRC:MED OR SRC:PPR) NOT PUB_TYPE:"Review" AND HAS_ABSTRACT:y
""",
    "pubmed_ocr": """\
#1 “Amyotrophic Lateral Sclerosis”[MeSH] OR ‘motor neuron disease’[tiab] OR ALS [Title/Abstract]
#2 dys-
biosis[tiab] OR micro–biota[tiab] OR "gut—brain axis"[tiab] OR microb$[tiab] OR wom?n[tiab]
#3 (faecal adj3 transplant*)[tiab] OR exp Microbiota[mh]
#4 #2 OR #3 OR #9
#5 #1 AND #4 Filters: Humans, English, from 2010/1/1 – 2022/12/31
#6 #5 NOT (animals[mh] NOT humans[mh])
""",
    "ovid_psycinfo": """\
APA PsycInfo <1806 to June Week 1 2022>

#	Searches	Results
1	exp Amyotrophic Lateral Sclerosis/	4123
2	(amyotrophic lateral sclerosis or motor neuron? disease$1 or als).ti,ab,id.	9981
3	1 or 2	10432
4	(gut or intestin$ or enteric).mp. [mp=title, abstract, heading word, table of contents, key concepts, original title, tests & measures, mesh word]	30120
5	(microb* adj5 (divers* or composit*)).ti,ab. or dysbios#s.mp.	902
6	4 and 5	600
7	3 and 6	12
8	7 not (letter or editorial or comment).pt.	11
9	limit 8 to ("0200 book" or "0240 authored book")	0
10	8 not 9	11
11	..l/ 10 yr=2010-2022	9
""",
    "pubmed_words": """\
((("Amyotrophic Lateral Sclerosis"[Mesh]) OR (Amyotrophic Lateral Sclerosis[Title/Abstract])) AND (("Gastrointestinal Microbiome"[Mesh]) OR (gut microbiota[Title/Abstract] OR "intestinal flora"[Title/Abstract:~3]))) AND (("2010/01/01"[Date - Publication] : "2022/12/31"[Date - Publication])) AND (english[Filter] OR portuguese[Filter]) AND (clinicaltrial[Filter] OR randomizedcontrolledtrial[Filter])
""",
    "ovid_two_in_one": """\
Ovid MEDLINE(R) ALL 1946 to June 01, 2022
1 Amyotrophic Lateral Sclerosis/ 21000
2 dysbiosis.mp,kf. 9000
3 1 and 2 31
EMBASE
1 amyotrophic lateral sclerosis/ 40000
2 dysbiosis/ 9000
3 1 and 2 90
""",
    "pubmed_history": """\
Search	Query	Items found	Time
#6	Search (#3) AND #4 AND #5	87	05:12:44
#5	Search "2010"[Date - Publication] : "2022"[Date - Publication]	13,000,000	05:12:30
#4	Search (gut[Title/Abstract]) OR intestin*[Title/Abstract]	1,000,221	05:11:02
#3	Search (#1) OR #2	40,111	05:10:12
#2	Search als[Title]	9,000	05:09:58
#1	Search amyotrophic lateral sclerosis[MeSH Terms]	21,004	05:09:01
""",
    "cochrane_old": """\
#1 MeSH descriptor Asthma explode all trees
#2 asthma* or wheez*:ti,ab,kw
#3 (#1 OR #2)
#4 MeSH descriptor Adrenal Cortex Hormones, this term only in MeSH products
#5 (steroid* NEAR/2 inhal*)
#6 (#3 AND ( #4 OR #5 ))
""",
    "ovid_multi": """\
1. Amyotrophic Lateral Sclerosis/ use ppez
2. exp amyotrophic lateral sclerosis/ use emez
3. (als or "lou gehrig's disease").ti,ab,kf,kw.
4. or/1-3
5. exp "Gastrointestinal Microbiome"/ or Dysbiosis/mi, th
6. (gut-brain adj1 axis).tw,kf.
7. 5 or 6
8. 4 and 7
9. 8 and (2019* or 2020* or 2021*).dt,dc.
10. limit 9 to (humans and english language and yr="2019 -Current")
11. exp Animals/ not Humans/
12. 10 not 11
13. deduplicate 12
""",
    "cinahl_one": """\
((MH "Neoplasms+") OR TI ( cancer* OR tumo#r* ) OR AB ( cancer* OR tumo#r* )) AND ((MH "Exercise+") OR TI exercis* OR AB "physical* activ*") AND PT randomized controlled trial
""",
    "scopus_old": """\
TITLE-ABS-KEY(("heart failure" OR "cardiac failure") AND (telemonitor* OR "remote monitor*")) AND PUBYEAR AFT 2004 AND (LIMIT-TO(LANGUAGE,"English") OR LIMIT-TO(LANGUAGE,"Spanish")) AND (EXCLUDE(DOCTYPE,"ed") OR EXCLUDE(DOCTYPE,"le")) AND SUBJAREA(medi)
""",
    "wos_new": """\
(TS=(“heart failure”)) AND TI=(telemonitor*) AND PY=(2005-2020) AND LA=(English) NOT DT=(Editorial Material OR Letter) and Article (Document Types)
""",
    "lilacs_es": """\
tw:((mh:"Insuficiencia Cardíaca" OR "insuficiência cardíaca" OR "insuficiencia cardiaca") AND (telemonitor$ OR "monitoreo remoto")) AND (instance:"regional") AND ( db:("LILACS") AND year_cluster:("2015" OR "2016"))
""",
    "embase_lines": """\
No. Query Results
#5. #4 AND ('article'/it OR 'review'/it) AND [humans]/lim 120
#4. #3 AND [2005-2020]/py 310
#3. #1 AND #2 400
#2. telemonitor*:ab,ti OR 'telemonitoring'/exp/dm_dd 2,000
#1. 'heart failure'/exp OR ((cardiac OR heart) NEAR/3 fail*):ab,ti 300,000
""",
    "pubmed_breaks": """\
(“heart failure”[MeSH Terms] OR “heart
failure”[tiab] OR “cardiac insuffi-
ciency”[tiab]) AND (tele\u00admonitoring [tiab] OR tele–health[tiab] OR
“remote monitor*”[tiab]) AND (“2005/01/01”[PDAT] : “2020/12/31”[PDAT]) AND English [lang] NOT (Editorial [ptyp] OR Letter [ptyp])
""",
    "epmc": """\
(TITLE:"heart failure" OR ABSTRACT:"heart failure") AND (telemonitoring OR "remote monitoring") AND (PUB_YEAR:[2005 TO 2020]) AND (LANG:"eng") NOT (PUB_TYPE:"Letter") AND (OPEN_ACCESS:y) sort_date:y
""",
}  # fmt: skip
