customer-invitation-subject = { $sender } asks to work with your company
customer-invitation-lead = { $sender } asks your company to authorise a reseller relationship.
customer-invitation-lead-both = { $sender } asks your company to authorise two reseller relationships at once:
customer-invitation-provider = Provider: { $provider }
customer-invitation-reseller = Reseller: { $reseller }
customer-invitation-message = { $sender } writes:
customer-invitation-button = See the invitation
customer-invitation-note = Relationships come to be together or not at all; administration, where it is asked for, you grant only if you wish. A global administrator of your company can accept or decline. Opening the page changes nothing.
