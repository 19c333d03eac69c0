package dev.sotto.ring;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Right operands that stay on the device: limbs of panels that lie in a file mapped for reading
 * only, whose words are taken to stay as they are while it is mapped. What is there first stays,
 * within bounds; a layer after another would push everything out if the oldest went. It goes when
 * its mapping is closed or forgotten. A mapping is known by its scope, not by its address, which
 * another may be given later.
 */
final class HeldPanels {
  /** Where a run of panels lies, and how it is cut. */
  record Key(long address, int inner, int panels) {}

  private record Held(
      WeakReference<MemorySegment.Scope> scope, NDManager manager, NDArray[] limbs) {
    boolean of(MemorySegment.Scope other) {
      return other.equals(scope.get());
    }

    boolean gone() {
      MemorySegment.Scope mapping = scope.get();
      return mapping == null || !mapping.isAlive();
    }
  }

  private final Map<Key, Held> held = new HashMap<>();
  private long room;

  /**
   * Nothing yet.
   *
   * @param room bytes of device memory that may be taken
   */
  HeldPanels(long room) {
    this.room = room;
  }

  /** Whether panels of this segment may be kept: mapped memory that nobody writes to. */
  static boolean lasting(MemorySegment panels) {
    return panels.isMapped() && panels.isReadOnly();
  }

  /**
   * The limbs of panels in {@code mapped}, made if they are not there; null if there is no room.
   *
   * @param parent whose sub-manager keeps them
   */
  synchronized NDArray @Nullable [] limbs(
      NDManager parent, MemorySegment mapped, Key key, Function<NDManager, NDArray[]> make) {
    Held there = held.get(key);
    if (there != null && there.of(mapped.scope())) {
      return there.limbs();
    }
    dropGone();
    long bytes = bytes(key);
    if (bytes > room || held.containsKey(key)) { // the latter: another mapping of the same place
      return null;
    }
    NDManager manager = parent.newSubManager();
    try (NDManager scratch = parent.newSubManager()) {
      NDArray[] limbs = make.apply(scratch);
      for (int j = 0; j < limbs.length; j++) {
        limbs[j].attach(manager);
      }
      held.put(key, new Held(new WeakReference<>(mapped.scope()), manager, limbs));
      room -= bytes;
      return limbs;
    } catch (EngineException e) {
      manager.close(); // no memory left: what is held is held, the rest is brought each time
      room = 0;
      return null;
    }
  }

  private void dropGone() {
    for (Iterator<Map.Entry<Key, Held>> all = held.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<Key, Held> entry = all.next();
      if (entry.getValue().gone()) {
        entry.getValue().manager().close();
        room += bytes(entry.getKey());
        all.remove();
      }
    }
  }

  /** Runs of panels that are held. */
  synchronized int size() {
    return held.size();
  }

  /** Eight bytes a limb; padding to whole pieces is not worth counting. */
  private static long bytes(Key key) {
    return 8L * Limbs.COUNT * Kernels.PANEL * key.inner() * key.panels();
  }
}
