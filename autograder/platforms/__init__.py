"""What other platforms take, a thin file for each. Nothing but the command line imports them, and that late."""
