"""What is known of registration and tax numbers, by hand: which scheme of the library is a company's, which form where there is none."""

# Countries that need a registration number; the programme's table of registration numbers by country, 2023-08.
MANDATORY = set("AM AZ BY BR HU IN IQ KZ KG MD MM PL RU SA ZA SS TJ TH TR UA AE UZ VE VN".split())

PROCESSOR = "payment processor's documentation of tax ids, 2026"
REGISTRATION, TAX = "registration_number", "tax_id"

# Left out are schemes in which the library refuses what the reference implementation (python-stdnum 2.2, compared with 3,000 changed numbers
# per scheme) takes as right: al/nipt, ec/ruc, fr/siret, it/codicefiscale, kr/brn, mx/rfc, pk/ntn, py/ruc, ro/onrc.
#
# (scheme of the library, what people call it, an example that passes). Several: one suffices. Never a person's number.
SCHEMES = {
    "AD": [("ad/nrt", "NRT", "U-132950-X")],
    "AR": [("ar/cuit", "CUIT", "20-05536168-2")],
    "AT": [("at/businessid", "Firmenbuchnummer", "FN 122119m")],
    "AU": [("au/abn", "ABN", "83 914 571 673"), ("au/acn", "ACN", "004 085 616")],
    "AZ": [("az/tin", "VÖEN", "9900003871")],
    "BE": [("be/vat", "KBO/BCE", "0403.019.261")],
    "BG": [("bg/vat", "EIK", "175 074 752")],
    "BR": [("br/cnpj", "CNPJ", "16.727.230/0001-97")],
    "BY": [("by/unp", "UNP", "200988541")],
    "CA": [("ca/bn", "BN", "12302 6635")],
    "CH": [("ch/uid", "UID", "CHE-100.155.212")],
    "CL": [("cl/rut", "RUT", "76.086.428-5")],
    "CN": [("cn/uscc", "USCC", "91110000600037341L")],
    "CO": [("co/nit", "NIT", "213.123.432-1")],
    "CR": [("cr/cpj", "cédula jurídica", "3-101-999999")],
    "CZ": [("cz/ico", "IČO", "25123891")],
    "DK": [("dk/cvr", "CVR", "13585628")],
    "DO": [("do/rnc", "RNC", "1-01-85004-3")],
    "DZ": [("dz/nif", "NIF", "416001000000007")],
    "EE": [("ee/registrikood", "registrikood", "12345678")],
    "EG": [("eg/tn", "tax number", "100-531-385")],
    "ES": [("es/cif", "CIF", "J99216582"), ("es/nif", "NIF", "54362315K")],
    "FI": [("fi/ytunnus", "Y-tunnus", "2077474-0")],
    "FO": [("fo/vn", "V-tal", "623857")],
    "FR": [("fr/siren", "SIREN", "552 008 443")],
    "GH": [("gh/tin", "TIN", "C0000803561")],
    "GR": [("gr/vat", "AFM", "094259216")],
    "GT": [("gt/nit", "NIT", "576937-K")],
    "HR": [("hr/oib", "OIB", "33392005961")],
    "HU": [("hu/anum", "adószám", "12892312")],
    "ID": [("id/npwp", "NPWP", "01.312.166.0-091.000")],
    "IL": [("il/hp", "company number", "516179157")],
    "IN": [("in/pan", "PAN", "ACUPA7085R"), ("in/gstin", "GSTIN", "27AAPFU0939F1ZV")],
    "IS": [("is/kennitala", "kennitala", "450401-3150")],
    "IT": [("it/iva", "partita IVA", "00743110157")],
    "JP": [("jp/cn", "corporate number", "5-8356-7825-6246")],
    "KE": [("ke/pin", "PIN", "P051365947M")],
    "LV": [("lv/pvn", "registration number", "40003521600")],
    "MD": [("md/idno", "IDNO", "1008600038413")],
    "ME": [("me/pib", "PIB", "02655284")],
    "MK": [("mk/edb", "EDB", "4030000375897")],
    "MZ": [("mz/nuit", "NUIT", "400339910")],
    "NO": [("no/orgnr", "organisasjonsnummer", "988 077 917")],
    "PE": [("pe/ruc", "RUC", "20512333797")],
    "PL": [("pl/nip", "NIP", "8567346215"), ("pl/regon", "REGON", "192598184")],
    "PT": [("pt/nipc", "NIPC", "501964843")],
    "RO": [("ro/cui", "CUI", "185 472 90")],
    "RS": [("rs/pib", "PIB", "101134702")],
    "RU": [("ru/inn", "INN", "7707083893")],
    "SE": [("se/orgnr", "organisationsnummer", "556016-0680")],
    "SG": [("sg/uen", "UEN", "00192200M")],
    "SM": [("sm/coe", "COE", "51")],
    "SV": [("sv/nit", "NIT", "0614-050707-104-8")],
    "TH": [("th/moa", "registration number", "0 99 4 000 61772 1")],
    "TN": [("tn/mf", "matricule fiscal", "1182431M/A/M/000")],
    "TR": [("tr/vkn", "VKN", "4540536920")],
    "TW": [("tw/ubn", "UBN", "00501503")],
    "UA": [("ua/edrpou", "EDRPOU", "32855961")],
    "US": [("us/ein", "EIN", "91-1144442")],
    "UY": [("uy/rut", "RUT", "21-100342-001-7")],
    "VE": [("ve/rif", "RIF", "J-00002961-0")],
    "VN": [("vn/mst", "MST", "0100233488")],
    "ZA": [("za/tin", "tax reference number", "0001339050"), ("za/vat", "VAT number", "4140157366")],
}

# Where a country's tax id is another number than the one by which it is registered, or both do.
TAX_SCHEMES = {
    "AT": [("at/uid", "UID", "ATU13585627"), ("at/tin", "Abgabenkontonummer", "59-119/9013")],
    "CY": [("cy/vat", "VAT number", "CY-10259033P")],
    "CZ": [("cz/dic", "DIČ", "CZ 25123891")],
    "DE": [("de/vat", "USt-IdNr.", "DE 136,695 976"), ("de/stnr", "Steuernummer", "181/815/0815 5")],
    "EE": [("ee/kmkr", "KMKR", "100 931 558")],
    "FI": [("fi/alv", "ALV", "FI 20774740")],
    "FR": [("fr/tva", "TVA", "Fr 40 303 265 045")],
    "GB": [("gb/vat", "VAT number", "GB 980 7806 84"), ("gb/utr", "UTR", "1955839661")],
    "IE": [("ie/vat", "VAT number", "IE 6433435F")],
    "IS": [("is/vsk", "VSK", "IS 00621")],
    "LI": [("li/peid", "PEID", "00001234567")],
    "LT": [("lt/pvm", "PVM", "119511515")],
    "LU": [("lu/tva", "TVA", "LU 150 274 42")],
    "MC": [("mc/tva", "TVA", "53 0000 04605")],
    "MT": [("mt/vat", "VAT number", "MT 1167-9112")],
    "NL": [("nl/btw", "btw-nummer", "NL4495445B01")],
    "NO": [("no/mva", "MVA", "NO 995 525 828 MVA")],
    "NZ": [("nz/ird", "IRD", "49091850")],
    "SE": [("se/vat", "VAT number", "SE 123456789701")],
    "SI": [("si/ddv", "ID za DDV", "SI 5022 3054")],
    "SK": [("sk/dph", "IČ DPH", "SK 202 274 96 19")],
}

LIBRARY = {(country, REGISTRATION): schemes for country, schemes in SCHEMES.items()}
LIBRARY |= {(country, TAX): schemes + TAX_SCHEMES.get(country, []) for country, schemes in SCHEMES.items()}
LIBRARY |= {(country, TAX): schemes for country, schemes in TAX_SCHEMES.items() if country not in SCHEMES}

# (form, what people call it, an example, source): blanks, dots, hyphens and slashes are left out before it is compared.
FORMS = {
    "AM": [(r"\d{8}", "TIN", "02538904", PROCESSOR)],
    "HU": [(r"\d{11}", "adószám", "12892312-2-41", PROCESSOR)],
    "KG": [(r"\d{14}", "INN", "12345678901234", PROCESSOR)],
    "KZ": [(r"\d{12}", "BIN", "123456789012", PROCESSOR)],
    "TJ": [(r"\d{9}", "INN", "123456789", PROCESSOR)],
    "UZ": [(r"\d{9}", "INN", "123456789", PROCESSOR)],
}
# The number of the trade register is another one, of which no rule is known: only the tax id's form is.
TAX_FORMS = {
    "AE": [(r"\d{15}", "TRN", "123456789012345", PROCESSOR)],
    "SA": [(r"\d{15}", "VAT number", "123456789012345", PROCESSOR)],
}
FORMATS = {(country, field): forms for country, forms in FORMS.items() for field in (REGISTRATION, TAX)}
FORMATS |= {(country, TAX): forms for country, forms in TAX_FORMS.items()}
