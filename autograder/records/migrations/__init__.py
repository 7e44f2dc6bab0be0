"""How the store's tables came to be as they are, a step in each file of versions/: alembic runs what is missing."""
