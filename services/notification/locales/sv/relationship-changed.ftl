relationship-changed-subject = { $change ->
    [SUSPENDED] Relationen mellan { $partner } och { $customer } är pausad
    [ACTIVE] Relationen mellan { $partner } och { $customer } fortsätter
   *[ENDED] Relationen mellan { $partner } och { $customer } har upphört
}
relationship-changed-lead = { $change ->
    [SUSPENDED] Återförsäljarrelationen mellan { $partner } och { $customer } är pausad. Tills den återupptas går det inte att lägga beställningar genom den.
    [ACTIVE] Återförsäljarrelationen mellan { $partner } och { $customer } gäller igen.
   *[ENDED] Återförsäljarrelationen mellan { $partner } och { $customer } har upphört, och med den den administration som hörde till.
}
relationship-changed-by = { $change ->
    [SUSPENDED] Den pausades av { $by }, som kan återuppta den.
    [ACTIVE] Den återupptogs av { $by }.
   *[ENDED] Den avslutades av { $by }.
}
relationship-changed-note = { $change ->
    [SUSPENDED] Inget har upphört.
    [ACTIVE] Inget har upphört.
   *[ENDED] Det går inte längre att lägga nya beställningar genom den här relationen.
}
