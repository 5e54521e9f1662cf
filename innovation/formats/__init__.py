"""How dates are written where no page says otherwise, as in the admin: ISO in both languages."""
