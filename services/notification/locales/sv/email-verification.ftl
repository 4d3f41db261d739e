email-verification-subject = Bekräfta din e-postadress för { $company }
email-verification-lead = { $company } har ansökt om att bli partner och har angett dig som huvudkontakt.
email-verification-ask = Vi ber dig svara på två frågor: har ditt företag ansökt, och är det här din adress?
email-verification-button = Svara på frågorna
email-verification-code = Om du ombeds ange en kod skriver du:
email-verification-not-us = Om ditt företag inte har ansökt kan du säga det på sidan. Då stoppas ansökan. Inget ändras av att du bara öppnar sidan.
