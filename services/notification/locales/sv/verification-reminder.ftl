verification-reminder-subject = Påminnelse: vi behöver ditt svar om { $company }
verification-reminder-lead = För några dagar sedan frågade vi dig om ansökan från { $company } till partnerprogrammet. Vi har inte fått något svar.
verification-reminder-effect = Utan svar kan ansökan inte gå vidare.
verification-reminder-button = Svara på frågorna
verification-reminder-code = Om du ombeds ange en kod skriver du:
verification-reminder-not-us = Om du inte känner till ansökan kan du säga det på sidan. Då godkänns den inte som den ser ut nu, och programmets operatör får veta det. Inget ändras av att du bara öppnar sidan.
