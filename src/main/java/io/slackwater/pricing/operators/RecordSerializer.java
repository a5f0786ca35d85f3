package io.slackwater.pricing.operators;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * What the hand-written serializers of immutable records have in common.
 *
 * <p>Every value begins with the number of its format. A later release may write a newer format and
 * still reads this one, value by value; so its snapshot is compatible as it is, and no state is
 * ever rewritten for a new field.
 */
abstract class RecordSerializer<T> extends TypeSerializerSingleton<T> {

    private static final long serialVersionUID = 1;

    /** Marks a decimal that does not fit into a long. */
    private static final int WIDE = 0x80;

    private static final int NONE = 0xff;

    @Override
    public final boolean isImmutableType() {
        return true;
    }

    @Override
    public final T createInstance() {
        return null;
    }

    @Override
    public final T copy(T from) {
        return from;
    }

    @Override
    public final T copy(T from, T reuse) {
        return from;
    }

    @Override
    public final int getLength() {
        return -1;
    }

    @Override
    public final T deserialize(T reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public final void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    static void expectFormat(int known, int found, Class<?> type) throws IOException {
        if (found != known) {
            throw new IOException(
                    type.getSimpleName()
                            + " was stored in format "
                            + found
                            + ", but this release reads format "
                            + known
                            + ": it was written by a newer release, or is damaged.");
        }
    }

    static void writeText(String text, DataOutputView target) throws IOException {
        StringValue.writeString(text, target);
    }

    static String readText(DataInputView source) throws IOException {
        return StringValue.readString(source);
    }

    /** Scales of 0 to 126 and amounts within a long take nine bytes; others still fit. */
    static void writeDecimal(BigDecimal value, DataOutputView target) throws IOException {
        if (value == null) {
            target.writeByte(NONE);
            return;
        }
        int scale = value.scale();
        if (scale >= 0 && scale < 0x7f && value.precision() <= 18) {
            target.writeByte(scale);
            target.writeLong(value.unscaledValue().longValue());
        } else {
            byte[] unscaled = value.unscaledValue().toByteArray();
            target.writeByte(WIDE);
            target.writeInt(scale);
            target.writeInt(unscaled.length);
            target.write(unscaled);
        }
    }

    static BigDecimal readDecimal(DataInputView source) throws IOException {
        int head = source.readUnsignedByte();
        if (head == NONE) {
            return null;
        }
        if (head != WIDE) {
            return BigDecimal.valueOf(source.readLong(), head);
        }
        return readWide(source);
    }

    private static BigDecimal readWide(DataInputView source) throws IOException {
        int scale = source.readInt();
        byte[] unscaled = new byte[source.readInt()];
        source.readFully(unscaled);
        return new BigDecimal(new BigInteger(unscaled), scale);
    }

    /** Small numbers of either sign take one byte, times of day and offsets six or fewer. */
    static void writeLong(long value, DataOutputView target) throws IOException {
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7fL) != 0) {
            target.writeByte((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        target.writeByte((int) rest);
    }

    static long readLong(DataInputView source) throws IOException {
        long rest = 0;
        int shift = 0;
        byte next;
        do {
            next = source.readByte();
            rest |= (long) (next & 0x7f) << shift;
            shift += 7;
        } while (next < 0);
        return (rest >>> 1) ^ -(rest & 1);
    }

    /** Like {@link #writeDecimal}, but the amount takes as few bytes as it needs. */
    static void writeShortDecimal(BigDecimal value, DataOutputView target) throws IOException {
        if (value != null && value.scale() >= 0 && value.scale() < 0x7f && value.precision() < 19) {
            target.writeByte(value.scale());
            writeLong(value.unscaledValue().longValue(), target);
        } else {
            writeDecimal(value, target);
        }
    }

    static BigDecimal readShortDecimal(DataInputView source) throws IOException {
        int head = source.readUnsignedByte();
        if (head == NONE) {
            return null;
        }
        return head == WIDE ? readWide(source) : BigDecimal.valueOf(readLong(source), head);
    }
}
