package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.PricedStock;
import io.slackwater.pricing.model.PricingEvent;
import io.slackwater.pricing.model.StockShift;

/**
 * What pricing one stock level as of a moment came to.
 *
 * @param stock what is to be stored; the very same object as before where nothing changed
 * @param event what became of the level, for {@code pricing.events} and the price list; null:
 *     nothing to tell
 * @param shift how the stock and its value moved; null: they did not
 * @param due what the rules say, also where a hold keeps another price; null: no book decides
 * @param newlyHeld whether a hold begins to keep a price
 * @param limitsMoved whether the price or a segment's comes to stand at a limit, or leaves one
 */
public record Decision(
        PricedStock stock,
        PricingEvent event,
        StockShift shift,
        Price due,
        boolean newlyHeld,
        boolean limitsMoved) {

    /** Nothing changed. */
    static Decision nothing(PricedStock before, Price due) {
        return new Decision(before, null, null, due, false, false);
    }
}
