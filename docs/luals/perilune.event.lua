---@meta perilune.event

---@class EmitOptions
---@field priority? "low"|"normal"|"high"|"critical" One of event.Priority; NORMAL unless given.
---@field wait? boolean False: go on at once.

---@class SubscribeOptions
---@field priority? "low"|"normal"|"high"|"critical" One of event.Priority; NORMAL unless given.
---@field once? boolean Ends with the first event.
---@field filter? function Called with the event first: the handler is told when it answers true. `event.filter` makes some.

---@class EventCriteria
---@field type? string Pattern of its type.
---@field source? string Who emitted it.
---@field priority? "low"|"normal"|"high"|"critical" At least this urgent.
---@field data? table<string, any> Fields that its data must have, with these values.

---@class RecordOptions
---@field capacity? integer Events that are kept; older ones go.

---What handlers are told.
---@class Event
---@field id integer Counts up within the bus.
---@field type string Its dotted name.
---@field data any What was given to `emit`.
---@field source string "script", or the bridge that emitted it.
---@field priority string One of `event.Priority`.
---@field time number Milliseconds since 1970.
---@field replayed boolean? True when it was recorded and is told again.

---A handler that is told of events.
---@class Subscription
---@field id string Its id, which functions accept in its place.
---@field pattern string Which events.
---@field priority string How early it is told.
---@field delivered integer Events it was told of.
---@field failed integer Times its handler failed.
---@field active boolean False once it has ended.
local Subscription = {}

---Ends a subscription.
---@return boolean # False when it had ended already.
function Subscription:unsubscribe() end

---Events kept as they come.
---@class Recording
---@field id string Its id, which functions accept in its place.
---@field events Event[] The events so far.
---@field count integer How many events it holds.
---@field dropped integer Events that had to go because it was full.
---@field active boolean False once it was stopped.
local Recording = {}

---Ends the recording; its events stay.
function Recording:stop() end

---A bus for events of agents, tools, workflows and scripts: subscribe by pattern, filter, record, replay.
---@class perilune.event
---@field Type { SYSTEM: "system", USER: "user", AGENT: "agent", TOOL: "tool", WORKFLOW: "workflow" }
---@field Priority { LOW: "low", NORMAL: "normal", HIGH: "high", CRITICAL: "critical" }
local event = {}

---Emits an event and waits until all handlers are done.
---@async
---@param type string Dotted name: "user.greeted".
---@param data? any Any data; handlers get a copy.
---@param options? EmitOptions How.
---@return integer # Handlers that were told; 0 when not waiting.
function event.emit(type, data, options) end

---Calls a function for each event that matches from now on.
---@param pattern string Which events: "agent.*".
---@param handler function Called with the event; may wait.
---@param options? SubscribeOptions How.
---@return Subscription # For `unsubscribe`.
function event.subscribe(pattern, handler, options) end

---Ends a subscription.
---@param subscription Subscription|string What `subscribe` gave, or its id.
---@return boolean # False when it had ended already.
function event.unsubscribe(subscription) end

---The script's subscriptions, in the order they were made.
---@return table[] # Tables with `id`, `pattern`, `priority`, `once`, `delivered`, `failed`.
function event.list_subscriptions() end

---Makes a test for events, for `subscribe` and for lists of events.
---@param criteria EventCriteria What an event must be; all that are given.
---@return fun(event: Event): boolean # True for events that fit.
function event.filter(criteria) end

---Keeps the events that match from now on.
---@param pattern? string Which events; all unless given.
---@param options? RecordOptions How.
---@return Recording # With `events`, `count` and `stop`.
function event.record(pattern, options) end

---Emits recorded events again, in order, marked as replayed.
---@async
---@param events any A recording, its id, or a list of events.
---@param pattern? string Which of them; all unless given.
---@return integer # How many.
function event.replay(events, pattern) end

---Ends all subscriptions and recordings of the script.
---@return integer # Subscriptions that ended.
function event.clear() end

return event
