dofile(debug.getinfo(1, "S").source:sub(2):match("(.*/)") .. "requests.lua")
start("/api/v1/use", false)
