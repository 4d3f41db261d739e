partnership-changed-subject = { $suspended ->
    [yes] Partnerskapet mellan { $provider } och { $reseller } är pausat
   *[no] Partnerskapet mellan { $provider } och { $reseller } fortsätter
}
partnership-changed-lead = { $suspended ->
    [yes] Partnerskapet mellan { $provider } och { $reseller } är pausat. Tills det återupptas går det inte att lägga beställningar eller bjuda in kunder genom det.
   *[no] Partnerskapet mellan { $provider } och { $reseller } gäller igen.
}
partnership-changed-by = { $suspended ->
    [yes] Det pausades av { $by }, som kan återuppta det.
   *[no] Det återupptogs av { $by }.
}
partnership-changed-note = Inget har upphört: kundrelationer och administration är som förut.
