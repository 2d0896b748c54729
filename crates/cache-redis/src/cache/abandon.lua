#!lua flags=allow-oom
-- Gives a lease back, if it is still this one.
-- KEYS: lease   ARGV: token
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
return 'done'
