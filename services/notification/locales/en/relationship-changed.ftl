relationship-changed-subject = { $change ->
    [SUSPENDED] The relationship of { $partner } and { $customer } is suspended
    [ACTIVE] The relationship of { $partner } and { $customer } goes on
   *[ENDED] The relationship of { $partner } and { $customer } has ended
}
relationship-changed-lead = { $change ->
    [SUSPENDED] The reseller relationship of { $partner } with { $customer } is suspended. Until it is resumed, no orders can be placed by it.
    [ACTIVE] The reseller relationship of { $partner } with { $customer } is in force again.
   *[ENDED] The reseller relationship of { $partner } with { $customer } has ended, and with it the administration under it.
}
relationship-changed-by = { $change ->
    [SUSPENDED] It was suspended by { $by }, which can resume it.
    [ACTIVE] It was resumed by { $by }.
   *[ENDED] It was ended by { $by }.
}
relationship-changed-note = { $change ->
    [SUSPENDED] Nothing has ended.
    [ACTIVE] Nothing has ended.
   *[ENDED] New orders by this relationship are no longer possible.
}
