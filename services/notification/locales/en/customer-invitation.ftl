customer-invitation-subject = { $sender } asks to work with your company
customer-invitation-lead = { $sender } asks your company to authorise a reseller relationship.
customer-invitation-lead-both = { $sender } asks your company to authorise two reseller relationships at once:
customer-invitation-provider = Provider: { $provider }
customer-invitation-reseller = Reseller: { $reseller }
customer-invitation-message = { $sender } writes:
customer-invitation-button = See the invitation
customer-invitation-note = You accept all that is asked, or nothing. A global administrator of your company can accept or decline. Opening the page changes nothing.
