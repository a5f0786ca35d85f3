package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.tools.DraftEffect.Move;
import java.math.RoundingMode;
import java.util.List;

/** Tells machines what a draft would do. */
final class DraftEffectJson {

    private DraftEffectJson() {}

    static ObjectNode of(DraftEffect effect) {
        ObjectNode document = Wording.object();
        document.put("book_id", effect.draft.bookId());
        document.put("at", Wording.time(effect.at));
        document.put("currency", effect.draft.currency());
        List<Long> later = effect.laterMoments();
        document.put("later_moments", later.size());
        if (!later.isEmpty()) {
            document.put("next_moment", Wording.time(later.get(0)));
        }
        document.put("prices", effect.prices);
        document.put("changed", effect.changed());
        document.put("unchanged", effect.unchanged());
        document.put("risen", effect.risen());
        document.put("fallen", effect.fallen());
        document.put("unpriced", effect.unpriced);
        document.put("other_currency", effect.otherCurrency);
        document.put("at_floor", effect.floor);
        document.put("at_ceiling", effect.ceiling);
        document.put("segment_changed", effect.segmentsChanged);
        document.put("without_price", effect.withoutPrice);
        document.put("doubtful_tier", effect.doubtfulTier);
        document.put("sum_before", effect.sumNow);
        document.put("sum_after", effect.sumThen);
        document.put("mean_percent", effect.meanPercent());
        ArrayNode bands = document.putArray("bands");
        for (int band = 0; band < effect.bands.length; band++) {
            ObjectNode entry = bands.addObject();
            entry.put("band", DraftEffect.bandName(band));
            entry.put("count", effect.bands[band]);
        }
        moves(document.putArray("rises"), effect.largestRises());
        moves(document.putArray("falls"), effect.largestFalls());
        ObjectNode breaker = document.putObject("circuit_breaker");
        breaker.put("moved", effect.tooFar);
        if (effect.prices > 0) {
            breaker.put("moved_percent", effect.tooFarPercent());
        }
        breaker.put("move_percent", effect.limits.breakerMovePercent());
        breaker.put("share_percent", effect.limits.breakerSharePercent());
        breaker.put("forced", effect.draft.force());
        breaker.put("refused", effect.isRefused());
        return document;
    }

    private static void moves(ArrayNode array, List<Move> moves) {
        for (Move move : moves) {
            ObjectNode entry = array.addObject();
            entry.put("product_id", move.row().stock().productId());
            entry.put("warehouse_id", move.row().stock().warehouseId());
            entry.put("quantity", move.row().stock().quantity());
            entry.put("before", move.row().price());
            entry.put("after", move.price().amount());
            entry.put("percent", move.percent().setScale(3, RoundingMode.HALF_UP));
        }
    }
}
