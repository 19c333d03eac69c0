package dev.sotto.sidecar;

import dev.sotto.client.platform.HttpJobChannel;
import dev.sotto.client.platform.JobRefused;
import dev.sotto.client.platform.OfferedModel;
import dev.sotto.contracts.Protection;
import dev.sotto.models.text.PublicPart;
import dev.sotto.openai.ServedModel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway's models, as callers of this sidecar may name them. Their public parts are fetched
 * when they are first asked for, and again when the gateway has another; what a gateway hands out
 * is believed only as far as each job's manifests confirm it.
 */
final class GatewayModels implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayModels.class);
  private static final Duration FRESH = Duration.ofMinutes(1);

  private final HttpJobChannel gateway;
  private final SidecarSettings settings;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private Map<String, ServedModel> open = Map.of();
  private @Nullable Instant looked;

  GatewayModels(HttpJobChannel gateway, SidecarSettings settings, InstantSource clock) {
    this.gateway = gateway;
    this.settings = settings;
    this.clock = clock;
  }

  /** All of them; {@link JobRefused} if the gateway cannot be asked and none are known. */
  List<ServedModel> list() {
    lock.lock();
    try {
      Instant now = clock.instant();
      if (looked == null || now.isAfter(looked.plus(FRESH))) {
        look(now);
      }
      return List.copyOf(open.values());
    } finally {
      lock.unlock();
    }
  }

  private void look(Instant now) {
    List<OfferedModel> offered;
    try {
      offered = gateway.models();
    } catch (JobRefused e) {
      if (open.isEmpty()) {
        throw e;
      }
      LOG.warn("the gateway's models are as they were: {}", e.getMessage());
      looked = now;
      return;
    }
    Map<String, ServedModel> fresh = new LinkedHashMap<>();
    for (OfferedModel model : offered) {
      if (settings.model() == null || settings.model().equals(model.name())) {
        List<Protection> protections = protections(model);
        if (!protections.isEmpty()) {
          fresh.put(model.name(), served(model, protections, now));
        }
      }
    }
    // One that is gone may be answering still: its tokenizer is freed with the process.
    open = fresh;
    looked = now;
  }

  private List<Protection> protections(OfferedModel model) {
    Protection wanted = settings.protection();
    if (wanted == null) {
      return model.protections();
    }
    return model.protections().contains(wanted) ? List.of(wanted) : List.of();
  }

  private ServedModel served(OfferedModel model, List<Protection> protections, Instant now) {
    ServedModel known = open.get(model.name());
    if (known != null
        && known.pin().modelDigest().equals(model.modelDigest())
        && known.protections().equals(protections)) {
      return known;
    }
    PublicPart part = gateway.publicPart(model.name());
    return new ServedModel(model.name(), part, protections, now);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      open.values().forEach(ServedModel::close);
      open = Map.of();
      looked = null;
    } finally {
      lock.unlock();
    }
  }
}
