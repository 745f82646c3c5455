"""What Gesso keeps: the home and who owns it, the database, files by their content, and all of it in one backup."""
