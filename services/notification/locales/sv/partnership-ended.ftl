partnership-ended-subject = Partnerskapet mellan { $provider } och { $reseller } har upphört
partnership-ended-lead = Partnerskapet mellan { $provider } och { $reseller } har upphört, och med det de kundrelationer och den administration som hörde till.
partnership-ended-by = Det avslutades av { $ended_by }.
partnership-ended-note = Det går inte längre att lägga nya beställningar genom det här partnerskapet.
