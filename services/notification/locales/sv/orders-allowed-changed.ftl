orders-allowed-changed-subject = { $allowed ->
    [yes] { $provider } får lägga beställningar för kunder till { $reseller }
   *[no] { $provider } får inte längre lägga beställningar för kunder till { $reseller }
}
orders-allowed-changed-lead = { $allowed ->
    [yes] { $reseller } tillåter nu att { $provider } lägger beställningar för deras kunder.
   *[no] { $reseller } tillåter inte längre att { $provider } lägger beställningar för deras kunder.
}
orders-allowed-changed-note = Partnerskapet i sig är oförändrat.
