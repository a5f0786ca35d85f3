package io.slackwater.pricing.rules;

import io.slackwater.pricing.model.PricedStock.SegmentMark;
import io.slackwater.pricing.rules.Price.SegmentNote;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The step that follows everybody's price: every customer segment that the book names anywhere goes
 * through the same promotions, limits and rounding with the promotions that are for it.
 */
final class Segments extends PriceStep {

    private final List<String> segments;

    Segments(List<String> segments) {
        this.segments = segments;
    }

    @Override
    boolean apply(Calculation price) {
        Map<String, BigDecimal> prices = new LinkedHashMap<>();
        List<SegmentNote> notes = List.of();
        for (int i = 0; i < segments.size(); i++) {
            String segment = segments.get(i);
            Promoted own = Promoted.segment(segment, price);
            SegmentPrice pays = SegmentPrice.of(own, price);
            if (pays.mark() != null) {
                notes = notes.isEmpty() ? new ArrayList<>(2) : notes;
                boolean byPromotion = pays.beforeRounding() || price.roundedBy == null;
                notes.add(
                        new SegmentNote(
                                segment, pays.mark(), byPromotion ? own.last() : price.roundedBy));
            }
            if (pays.mark() == SegmentMark.UNPRICED) {
                continue; // Its fault costs nobody else anything.
            }
            prices.put(segment, pays.amount());
            price.addSegment(segment, own.counted() + pays.detail(), pays.amount(), own.lost());
        }
        price.segments = Collections.unmodifiableMap(prices);
        price.notes = notes;
        return true;
    }

    @Override
    List<ReadyRule<?>> rules() {
        return List.of();
    }
}
