-- ARGV: 4 peer, 5 connection
prune()
local peer = ARGV[4]
local member = load(peer)
if not member or member[CONNECTION] ~= ARGV[5] or member[STATE] ~= 'on' then return false end
put_away(peer, member)
return finish()
