#!lua
-- Stores what was loaded, if nothing has changed; gives the lease back.
-- KEYS: entry, lease, tags…   ARGV: token, payload, life ms, an epoch per tag…
if redis.call('GET', KEYS[2]) ~= ARGV[1] then
  return 'lease-lost'
end
redis.call('DEL', KEYS[2])
for i = 3, #KEYS do
  -- A tag that holds marks answers with an error, which is no epoch.
  if redis.pcall('GET', KEYS[i]) ~= ARGV[i + 1] then
    return 'superseded'
  end
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 'stored'
