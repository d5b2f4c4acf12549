-- ARGV: 4 peer, 5 connection, 6 meta
local peer = ARGV[4]
local member = load(peer)
if not member or member[CONNECTION] ~= ARGV[5] or member[STATE] ~= 'on' then return false end
member[META] = ARGV[6]
save(peer, member)
event('updated', peer)
return finish()
