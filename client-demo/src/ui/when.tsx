const sameDay = (one: Date, two: Date) => one.toDateString() === two.toDateString();

/** A time of day, with the date unless it is today. */
export const When = ({ at }: { at: number }) => {
  const date = new Date(at);
  const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const text = sameDay(date, new Date())
    ? time
    : `${date.toLocaleDateString([], { day: 'numeric', month: 'short' })}, ${time}`;
  return <time dateTime={date.toISOString()}>{text}</time>;
};
