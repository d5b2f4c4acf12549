import type { CallActions } from './actions.js';

/** The banner over the stage while the room's ownership is offered to this user. */
export const OfferBanner = ({ actions }: { actions: CallActions }) => {
  const { controls } = actions.call;
  const offer = controls.offer.value;
  if (!offer) return null;
  return (
    <div class="banner knock" role="status" data-testid="offer-banner">
      <span class="grow knock-text">
        <strong class="cut">{controls.nameOf(offer.from) ?? 'The owner'}</strong> asks you to become the owner
      </span>
      <span class="knock-answers">
        <button type="button" class="button" data-testid="offer-accept" onClick={() => controls.answerOffer(true)}>
          Accept
        </button>
        <button
          type="button"
          class="button quiet"
          data-testid="offer-decline"
          onClick={() => controls.answerOffer(false)}
        >
          Decline
        </button>
      </span>
    </div>
  );
};
