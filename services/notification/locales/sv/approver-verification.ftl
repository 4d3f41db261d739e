approver-verification-subject = Får { $applicant } företräda { $company }?
approver-verification-lead = { $applicant } har ansökt om att { $company } ska bli partner och har angett dig som den som kan godkänna det.
approver-verification-ask = Vi ber dig svara på om { $applicant } får ingå avtal för { $company }.
approver-verification-button = Svara på frågan
approver-verification-code = Om du ombeds ange en kod skriver du:
approver-verification-not-us = Om du inte känner till ansökan kan du säga det på sidan. Då kan den inte godkännas om inte någon annan anges som godkännare, och programmets operatör får veta det. Inget ändras av att du bara öppnar sidan.
