orders-allowed-changed-subject = { $allowed ->
    [yes] { $provider } may place orders for customers of { $reseller }
   *[no] { $provider } may no longer place orders for customers of { $reseller }
}
orders-allowed-changed-lead = { $allowed ->
    [yes] { $reseller } now allows { $provider } to place orders for its customers.
   *[no] { $reseller } no longer allows { $provider } to place orders for its customers.
}
orders-allowed-changed-note = The partnership itself is unchanged.
