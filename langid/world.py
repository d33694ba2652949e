"""Languages beyond the 24, as far as codes of them are met: ISO 639-1 in full, and neighbours.

One line per language and script: ISO 639-3 code, ISO 15924 script, ISO 639-1 code, other codes
that mean it (macro-language, ISO 639-2/B, deprecated), English name. The first line of a code gives
its default script. Where a macro-language has one dominant member, that member is canonical, as in
FineWeb-2 (``zho`` is ``cmn_Hani``); where FineWeb-2 keeps the macro-language, so does this table.
"""

WORLD = """\
aar|Latn|aa||Afar
abk|Cyrl|ab||Abkhazian
ady|Cyrl|||Adyghe
afr|Latn|af||Afrikaans
aka|Latn|ak|twi tw|Akan
als|Latn|sq|sqi alb|Albanian
alt|Cyrl|||Southern Altai
amh|Ethi|am||Amharic
ang|Latn|||Old English
arb|Arab|ar|ara|Arabic
arg|Latn|an||Aragonese
ary|Arab|||Moroccan Arabic
arz|Arab|||Egyptian Arabic
asm|Beng|as||Assamese
ast|Latn|||Asturian
ava|Cyrl|av||Avaric
ave|Avst|ae||Avestan
avk|Latn|||Kotava
awa|Deva|||Awadhi
ayr|Latn|ay|aym|Aymara
azb|Arab|||South Azerbaijani
azj|Latn|az|aze|Azerbaijani
azj|Cyrl|||Azerbaijani (Cyrillic)
bak|Cyrl|ba||Bashkir
bam|Latn|bm||Bambara
ban|Latn|||Balinese
bar|Latn|||Bavarian
bcl|Latn|||Central Bikol
bel|Cyrl|be||Belarusian
ben|Beng|bn||Bengali
bho|Deva|||Bhojpuri
bih|Deva|bh||Bihari
bis|Latn|bi||Bislama
bod|Tibt|bo|tib|Tibetan
bos|Latn|bs||Bosnian
bos|Cyrl|||Bosnian (Cyrillic)
bre|Latn|br||Breton
cat|Latn|ca||Catalan
cbk|Latn|||Chavacano
ceb|Latn|||Cebuano
cha|Latn|ch||Chamorro
che|Cyrl|ce||Chechen
chr|Cher|||Cherokee
chu|Cyrl|cu||Church Slavic
chv|Cyrl|cv||Chuvash
ckb|Arab|||Central Kurdish
cmn|Hani|zh|zho chi|Chinese
cnr|Latn|||Montenegrin
cnr|Cyrl|||Montenegrin (Cyrillic)
cor|Latn|kw||Cornish
cos|Latn|co||Corsican
cre|Cans|cr||Cree
crh|Latn|||Crimean Tatar
csb|Latn|||Kashubian
cym|Latn|cy|wel|Welsh
diq|Latn|||Dimli
div|Thaa|dv||Dhivehi
djk|Latn|||Aukan
dsb|Latn|||Lower Sorbian
dtp|Latn|||Central Dusun
dzo|Tibt|dz||Dzongkha
egl|Latn|||Emilian
epo|Latn|eo||Esperanto
eus|Latn|eu|baq|Basque
ewe|Latn|ee||Ewe
ext|Latn|||Extremaduran
fao|Latn|fo||Faroese
fas|Arab|fa|pes per|Persian
fij|Latn|fj||Fijian
fil|Latn|tl|tgl|Filipino
fit|Latn|||Meänkieli
frp|Latn|||Arpitan
frr|Latn|||Northern Frisian
fry|Latn|fy||Western Frisian
fur|Latn|||Friulian
fuv|Latn|ff|ful|Fulah
gaz|Latn|om|orm|Oromo
gcr|Latn|||Guianese Creole
gla|Latn|gd||Scottish Gaelic
glg|Latn|gl||Galician
glv|Latn|gv||Manx
grc|Grek|||Ancient Greek
gsw|Latn|||Swiss German
gug|Latn|gn|grn|Guarani
guj|Gujr|gu||Gujarati
hat|Latn|ht||Haitian Creole
hau|Latn|ha||Hausa
haw|Latn|||Hawaiian
hbs|Latn|sh||Serbo-Croatian
heb|Hebr|he|iw|Hebrew
her|Latn|hz||Herero
hif|Latn|||Fiji Hindi
hin|Deva|hi||Hindi
hin|Latn|||Hindi (Latin)
hmo|Latn|ho||Hiri Motu
hrx|Latn|||Hunsrik
hsb|Latn|||Upper Sorbian
hye|Armn|hy|arm|Armenian
ibo|Latn|ig||Igbo
ido|Latn|io||Ido
iii|Yiii|ii||Nuosu
iku|Cans|iu|ike|Inuktitut
ile|Latn|ie||Interlingue
ilo|Latn|||Iloko
ina|Latn|ia||Interlingua
ind|Latn|id|in|Indonesian
inh|Cyrl|||Ingush
ipk|Latn|ik||Inupiaq
isl|Latn|is|ice|Icelandic
jam|Latn|||Jamaican Creole
jav|Latn|jv|jw|Javanese
jpn|Jpan|ja||Japanese
kab|Latn|||Kabyle
kal|Latn|kl||Kalaallisut
kan|Knda|kn||Kannada
kas|Arab|ks||Kashmiri
kat|Geor|ka|geo|Georgian
kau|Latn|kr||Kanuri
kaz|Cyrl|kk||Kazakh
kaz|Arab|||Kazakh (Arabic)
kbd|Cyrl|||Kabardian
kea|Latn|||Kabuverdianu
khk|Cyrl|mn|mon|Mongolian
khm|Khmr|km||Khmer
kik|Latn|ki||Kikuyu
kin|Latn|rw||Kinyarwanda
kir|Cyrl|ky||Kyrgyz
kmr|Latn|ku|kur|Kurdish
kom|Cyrl|kv||Komi
kon|Latn|kg||Kongo
kor|Hang|ko||Korean
krc|Cyrl|||Karachay-Balkar
krl|Latn|||Karelian
ksh|Latn|||Colognian
kua|Latn|kj||Kuanyama
kzj|Latn|||Coastal Kadazan
lad|Latn|||Ladino
lao|Laoo|lo||Lao
lat|Latn|la||Latin
lfn|Latn|||Lingua Franca Nova
lij|Latn|||Ligurian
lim|Latn|li||Limburgish
lin|Latn|ln||Lingala
liv|Latn|||Livonian
lld|Latn|||Ladin
lmo|Latn|||Lombard
ltg|Latn|||Latgalian
ltz|Latn|lb||Luxembourgish
lub|Latn|lu||Luba-Katanga
lug|Latn|lg||Ganda
mah|Latn|mh||Marshallese
mai|Deva|||Maithili
mal|Mlym|ml||Malayalam
mar|Deva|mr||Marathi
mdf|Cyrl|||Moksha
mfe|Latn|||Mauritian Creole
mhr|Cyrl|||Meadow Mari
min|Latn|||Minangkabau
mkd|Cyrl|mk|mac|Macedonian
mri|Latn|mi|mao|Maori
mwl|Latn|||Mirandese
mya|Mymr|my|bur|Burmese
myv|Cyrl|||Erzya
nap|Latn|||Neapolitan
nau|Latn|na||Nauru
nav|Latn|nv||Navajo
nbl|Latn|nr||South Ndebele
nde|Latn|nd||North Ndebele
ndo|Latn|ng||Ndonga
nds|Latn|||Low German
nno|Latn|nn||Norwegian Nynorsk
nob|Latn|nb|nor no|Norwegian Bokmål
nov|Latn|||Novial
npi|Deva|ne|nep|Nepali
nqo|Nkoo|||N'Ko
nso|Latn|||Northern Sotho
nya|Latn|ny||Nyanja
oci|Latn|oc||Occitan
oji|Cans|oj||Ojibwa
olo|Latn|||Livvi
orv|Cyrl|||Old Russian
ory|Orya|or|ori|Odia
oss|Cyrl|os||Ossetian
pam|Latn|||Pampanga
pan|Guru|pa||Punjabi
pap|Latn|||Papiamento
pbt|Arab|ps|pus|Pashto
pcd|Latn|||Picard
pcm|Latn|||Nigerian Pidgin
pfl|Latn|||Palatine German
pli|Deva|pi||Pali
plt|Latn|mg|mlg|Malagasy
pms|Latn|||Piedmontese
pnb|Arab|||Western Panjabi
prg|Latn|||Prussian
quc|Latn|||K'iche'
quy|Latn|qu|que|Quechua
rgn|Latn|||Romagnol
rmn|Latn|||Balkan Romani
roa|Latn|||Tarantino
roh|Latn|rm||Romansh
ron|Cyrl|||Moldovan (Cyrillic)
rue|Cyrl|||Rusyn
run|Latn|rn||Rundi
rup|Latn|||Aromanian
rus|Cyrl|ru||Russian
sag|Latn|sg||Sango
sah|Cyrl|||Yakut
san|Deva|sa||Sanskrit
sat|Olck|||Santali
scn|Latn|||Sicilian
sco|Latn|||Scots
sgs|Latn|||Samogitian
sin|Sinh|si||Sinhala
skr|Arab|||Saraiki
sme|Latn|se||Northern Sami
smn|Latn|||Inari Sami
smo|Latn|sm||Samoan
sna|Latn|sn||Shona
snd|Arab|sd||Sindhi
som|Latn|so||Somali
sot|Latn|st||Southern Sotho
srd|Latn|sc||Sardinian
srp|Cyrl|sr|scc|Serbian
srp|Latn|||Serbian (Latin)
ssw|Latn|ss||Swati
stq|Latn|||Saterland Frisian
sun|Latn|su||Sundanese
swh|Latn|sw|swa|Swahili
syr|Syrc|||Syriac
szl|Latn|||Silesian
tah|Latn|ty||Tahitian
tam|Taml|ta||Tamil
tat|Cyrl|tt||Tatar
tel|Telu|te||Telugu
tgk|Cyrl|tg||Tajik
tha|Thai|th||Thai
tir|Ethi|ti||Tigrinya
ton|Latn|to||Tonga
tsn|Latn|tn||Tswana
tso|Latn|ts||Tsonga
tuk|Latn|tk||Turkmen
tur|Latn|tr||Turkish
tyv|Cyrl|||Tuvinian
udm|Cyrl|||Udmurt
uig|Arab|ug||Uyghur
ukr|Cyrl|uk||Ukrainian
urd|Arab|ur||Urdu
uzn|Latn|uz|uzb|Uzbek
uzn|Cyrl|||Uzbek (Cyrillic)
vec|Latn|||Venetian
ven|Latn|ve||Venda
vep|Latn|||Veps
vie|Latn|vi||Vietnamese
vls|Latn|||West Flemish
vol|Latn|vo||Volapük
vot|Latn|||Votic
vro|Latn|||Võro
war|Latn|||Waray
wln|Latn|wa||Walloon
wol|Latn|wo||Wolof
xho|Latn|xh||Xhosa
xmf|Geor|||Mingrelian
ydd|Hebr|yi|yid ji|Yiddish
yor|Latn|yo||Yoruba
yue|Hani|||Cantonese
zea|Latn|||Zeelandic
zgh|Tfng|||Standard Moroccan Tamazight
zha|Latn|za||Zhuang
zsm|Latn|ms|msa may|Malay
zul|Latn|zu||Zulu
und||||undetermined
zxx||||no linguistic content
"""
