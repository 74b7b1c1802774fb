// The page's state. `state` is the room's newest answer; `channel` is "" in the private
// conversation; `isMovePending` is true between a press on the clock and the room's answer.
export const room = {
  as: "",
  channel: "",
  commands: [],
  state: null,
  unread: {},
  me: null,
  manages: false,
  isMovePending: false,
};
