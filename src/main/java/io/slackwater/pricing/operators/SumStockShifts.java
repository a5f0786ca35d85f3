package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.MetricShare;
import io.slackwater.pricing.model.MetricShare.Amounts;
import io.slackwater.pricing.model.StockShift;
import io.slackwater.pricing.model.StockShift.Position;
import io.slackwater.pricing.rules.StockCondition;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Adds up stock shifts where they arise, so that a window costs a few records a subtask and not
 * three keyed records a stock level. Without it the key {@code all} would be one hot key.
 *
 * <p>It keeps nothing over a checkpoint: before every barrier and before every watermark that would
 * close a window it hands on what it has. Hence an operator and not a function: a function is not
 * told of either.
 */
public final class SumStockShifts extends AbstractStreamOperator<MetricShare>
        implements OneInputStreamOperator<StockShift, MetricShare> {

    private static final long serialVersionUID = 1;

    /** So many open windows are handed on early: history read at full speed has thousands. */
    private static final int MOST_WINDOWS = 512;

    private final long windowMillis;
    private final long lowStock;

    private transient Map<Long, Window> windows;
    private transient Window newest;

    /** What one position adds to the sum of values, used again for each. */
    private transient DecimalSum value;

    public SumStockShifts(long windowMillis, long lowStock) {
        this.windowMillis = windowMillis;
        this.lowStock = lowStock;
    }

    @Override
    public void open() throws Exception {
        super.open();
        windows = new HashMap<>();
        value = new DecimalSum();
    }

    @Override
    public void processElement(StreamRecord<StockShift> element) {
        StockShift shift = element.getValue();
        long start = Math.floorDiv(shift.at(), windowMillis) * windowMillis;
        if (newest == null || newest.start != start) {
            if (windows.size() >= MOST_WINDOWS) {
                flush(Long.MAX_VALUE);
            }
            newest = windows.computeIfAbsent(start, Window::new);
        }
        newest.add(shift);
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        flush(mark.getTimestamp());
        super.processWatermark(mark);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        flush(Long.MAX_VALUE);
    }

    @Override
    public void finish() throws Exception {
        flush(Long.MAX_VALUE);
        super.finish();
    }

    /** Hands on the windows that a watermark closes. */
    private void flush(long watermark) {
        Iterator<Window> open = windows.values().iterator();
        while (open.hasNext()) {
            Window window = open.next();
            if (watermark == Long.MAX_VALUE || window.start + windowMillis - 1 <= watermark) {
                window.emit();
                open.remove();
                if (window == newest) {
                    newest = null;
                }
            }
        }
    }

    private final class Window {
        private final long start;
        private final Sums all = new Sums();
        private final Map<String, Sums> byWarehouse = new HashMap<>();
        private final Map<String, Sums> byTier = new HashMap<>();

        Window(long start) {
            this.start = start;
        }

        void add(StockShift shift) {
            Position before = shift.before();
            Position after = shift.after();
            Sums warehouse = sums(byWarehouse, shift.warehouseId());
            Sums tierBefore = before == null ? null : tier(before.priceTier());
            Sums tierAfter = after == null ? null : tier(after.priceTier());
            if (before != null) {
                value(before, -1);
                StockCondition condition = StockCondition.of(before.quantity(), lowStock);
                all.move(-1, before, value, condition);
                warehouse.move(-1, before, value, condition);
                if (tierBefore != null) {
                    tierBefore.move(-1, before, value, condition);
                }
            }
            if (after != null) {
                value(after, 1);
                StockCondition condition = StockCondition.of(after.quantity(), lowStock);
                all.move(1, after, value, condition);
                warehouse.move(1, after, value, condition);
                if (tierAfter != null) {
                    tierAfter.move(1, after, value, condition);
                }
            }
            all.happened(shift);
            warehouse.happened(shift);
            Sums tierNow = after == null ? tierBefore : tierAfter;
            if (tierNow != null) {
                tierNow.happened(shift);
            }
        }

        private Sums tier(String name) {
            return name == null ? null : sums(byTier, name);
        }

        private Sums sums(Map<String, Sums> byName, String name) {
            Sums sums = byName.get(name);
            if (sums == null) {
                sums = new Sums();
                byName.put(name, sums);
            }
            return sums;
        }

        private void value(Position position, int sign) {
            value.clear();
            if (position.price() != null) {
                value.addProduct(position.price(), sign * position.quantity());
            }
        }

        void emit() {
            emit("all", "all", all);
            byWarehouse.forEach((name, sums) -> emit("warehouse", name, sums));
            byTier.forEach((name, sums) -> emit("price_tier", name, sums));
        }

        private void emit(String dimension, String value, Sums sums) {
            output.collect(new StreamRecord<>(sums.share(start, dimension, value), start));
        }
    }

    /** The amounts of a metric share in the making, in one currency. */
    private static final class Money {
        private final String currency;
        private long updates;
        private long priced;
        private long priceChanges;
        private BigDecimal min;
        private BigDecimal max;
        private final DecimalSum priceSum = new DecimalSum();
        private final DecimalSum value = new DecimalSum();

        Money(String currency) {
            this.currency = currency;
        }

        Amounts amounts() {
            return new Amounts(
                    currency,
                    updates,
                    priced,
                    priceChanges,
                    min,
                    max,
                    priceSum.value(),
                    value.value());
        }
    }

    /** A metric share in the making. */
    private static final class Sums {
        /** One, but where the currency changes or some stock has no price. */
        private final List<Money> moneys = new ArrayList<>(1);

        private long units;
        private long low;
        private long out;
        private long oversold;

        private Money in(String currency) {
            for (int i = 0; i < moneys.size(); i++) {
                Money money = moneys.get(i);
                if (Objects.equals(money.currency, currency)) {
                    return money;
                }
            }
            Money money = new Money(currency);
            moneys.add(money);
            return money;
        }

        /** Counts a position in or out; {@code moved} is what the sum of values changes by. */
        void move(int sign, Position position, DecimalSum moved, StockCondition condition) {
            units += sign * position.quantity();
            in(position.currency()).value.add(moved);
            switch (condition) {
                case LOW -> low += sign;
                case OUT -> out += sign;
                case OVERSOLD -> oversold += sign;
                case NORMAL -> {}
            }
        }

        void happened(StockShift shift) {
            Position now = shift.after();
            Money money = in(now == null ? null : now.currency());
            money.updates += shift.updates();
            money.priceChanges += shift.priceChanges();
            BigDecimal price = shift.updatePrice();
            if (price != null) {
                money.priced++;
                money.priceSum.add(price);
                if (money.min == null || price.compareTo(money.min) < 0) {
                    money.min = price;
                }
                if (money.max == null || price.compareTo(money.max) > 0) {
                    money.max = price;
                }
            }
        }

        MetricShare share(long start, String dimension, String name) {
            List<Amounts> amounts = new ArrayList<>(moneys.size());
            for (int i = 0; i < moneys.size(); i++) {
                amounts.add(moneys.get(i).amounts());
            }
            return MetricShare.of(start, dimension, name, amounts, units, low, out, oversold);
        }
    }
}
