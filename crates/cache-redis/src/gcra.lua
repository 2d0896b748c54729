-- Takes one unit from a bucket (generic cell rate algorithm), by the clock of the server.
--
-- A bucket is full again when its key expires, but for so many µs as its value says: expiries are
-- counted in milliseconds.
--
-- KEYS: 1 the bucket
-- ARGV: 1 in how many µs a unit comes back, 2 how many units there are
-- → in how many µs all are back: above zero when one was taken, below when none was left
local interval = tonumber(ARGV[1])
local all = interval * ARGV[2]
local left, full = redis.call('PTTL', KEYS[1]), 0
if left > 0 then
    full = left * 1000 - (redis.call('GET', KEYS[1]) or 0)
end
if full > all then
    -- A clock that was set back must not lock anybody out for longer than all would take.
    full = all
    redis.call('PEXPIRE', KEYS[1], math.ceil(all / 1000))
end
if full + interval > all then
    return -full
end
full = full + interval
local expiry = math.ceil(full / 1000)
redis.call('SET', KEYS[1], expiry * 1000 - full, 'PX', expiry)
return full
