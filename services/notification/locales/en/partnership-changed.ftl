partnership-changed-subject = { $suspended ->
    [yes] The partnership of { $provider } and { $reseller } is suspended
   *[no] The partnership of { $provider } and { $reseller } goes on
}
partnership-changed-lead = { $suspended ->
    [yes] The partnership of { $provider } and { $reseller } is suspended. Until it is resumed, no orders can be placed and no customers invited through it.
   *[no] The partnership of { $provider } and { $reseller } is in force again.
}
partnership-changed-by = { $suspended ->
    [yes] It was suspended by { $by }, which can resume it.
   *[no] It was resumed by { $by }.
}
partnership-changed-note = Nothing has ended: customer relationships and administration stay as they are.
