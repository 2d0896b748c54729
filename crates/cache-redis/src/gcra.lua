-- Takes one unit from a bucket (generic cell rate algorithm), by the clock of the server.
--
-- KEYS: 1 the bucket: when it will be full again, in µs
-- ARGV: 1 in how many µs a unit comes back, 2 how many units there are
-- → {1 when one was taken, how many are left, µs until the next one, µs until all are back}
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])

-- Never later than the bucket can be: a clock that was set back must not lock anybody out.
local full = math.min(tonumber(redis.call('GET', KEYS[1]) or now), now + interval * burst)
full = math.max(full, now) + interval

local early = full - interval * burst - now
if early > 0 then
    return {0, 0, early, full - interval - now}
end
-- Lua shows 14 digits of a number, and this one has 16.
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000))
return {1, math.floor(-early / interval), 0, full - now}
