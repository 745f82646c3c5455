"""Models written with Runway's SDK: a folder with `runway.yml`, and a script that says `import runway`."""
