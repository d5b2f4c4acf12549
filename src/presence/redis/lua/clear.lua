-- ARGV: 4 reason
prune()
for _, entry in ipairs(load_all()) do finish_member(entry.peer, entry.member, ARGV[4]) end
return finish()
