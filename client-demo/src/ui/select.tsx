import { useId } from 'preact/hooks';

/** A labelled drop-down list. Its value is the index of the option. */
export const Select = (props: {
  label: string;
  testid: string;
  options: readonly (readonly [words: string, ...rest: unknown[]])[];
  value: number;
  onValue: (at: number) => void;
}) => {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <select
        id={id}
        class="input"
        value={props.value}
        data-testid={props.testid}
        onChange={(event) => props.onValue(event.currentTarget.selectedIndex)}
      >
        {props.options.map(([words], at) => (
          <option key={words} value={at}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
};
