"""Numbers of persons and companies in the 27 states of the Union, and of payment cards."""
