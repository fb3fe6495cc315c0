// The log of webhook deliveries that an app may read, and the redelivery it may ask for.
import type { Delivery } from "../deliveries.ts";
import { type Exchange, json, type Route } from "../exchange.ts";
import { apiTime } from "../identifiers.ts";
import { notFound } from "../refusal.ts";

export const deliveryRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/app/hook/deliveries",
    access: { as: "app" },
    answer: (exchange) => {
      const { query, url } = exchange;
      const perPage = Math.min(Math.max(Number(query.get("per_page") ?? 30), 1), 100);
      const cursor = Number(query.get("cursor") ?? Number.MAX_SAFE_INTEGER);
      const status = query.get("status");
      const matching = sent(exchange)
        .filter((delivery) => status === null || (status === "success") === isSuccess(delivery))
        .toReversed()
        .filter(({ id }) => id <= cursor);
      const items = matching.slice(0, perPage);
      const next = matching[perPage];
      const headers: Record<string, string> = {};
      if (next !== undefined) {
        const nextUrl = new URL(url);
        nextUrl.searchParams.set("cursor", String(next.id));
        headers.link = `<${nextUrl}>; rel="next"`;
      }
      return { status: 200, headers, body: items.map(deliveryItem) };
    },
  },
  {
    method: "GET",
    path: "/app/hook/deliveries/{delivery_id}",
    access: { as: "app" },
    answer: (exchange) => {
      const delivery = named(exchange);
      return json({
        ...deliveryItem(delivery),
        url: delivery.url,
        request: { headers: delivery.requestHeaders, payload: delivery.payload },
        response: { headers: delivery.responseHeaders, payload: delivery.responseBody },
      });
    },
  },
  {
    method: "POST",
    path: "/app/hook/deliveries/{delivery_id}/attempts",
    access: { as: "app" },
    answer: (exchange) => {
      // GitHub answers before it delivers, so an app that redelivers to itself does not wait for itself.
      void exchange.github.deliveries.redeliver(named(exchange).guid);
      return json({}, 202);
    },
  },
];

function sent({ github, app }: Exchange): Delivery[] {
  return github.deliveries.log.filter((delivery) => delivery.app === app && delivery.state === "sent");
}

function named(exchange: Exchange): Delivery {
  const delivery = sent(exchange).find(({ id }) => id === Number(exchange.path.delivery_id));
  if (delivery === undefined) throw notFound();
  return delivery;
}

function isSuccess({ statusCode }: Delivery): boolean {
  return statusCode >= 200 && statusCode < 400;
}

function deliveryItem(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: apiTime(delivery.deliveredAt),
    redelivery: delivery.redelivery,
    duration: Math.round(delivery.durationMs) / 1000,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}
