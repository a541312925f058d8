"""Documents that leave the house on paper or as PDF: their canonical bodies, their wording in three languages, their setting in type."""
