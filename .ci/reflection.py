"""Drives a running server as a generic client would: everything it knows of the API comes from reflection.

ATTACHE_TOKEN=… reflection.py HOST:PORT

Lists the services, is refused without a token, creates a registration, and creates it again with the same request id.
"""

import os
import sys
import uuid

import grpc
from google.protobuf import descriptor_pool, json_format, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

PACKAGE = "attache.v1"
EXPECTED_SERVICES = {f"{PACKAGE}.{name}" for name in ("EventService", "RegistrationService", "SystemService")}
TIMEOUT_S = 10


class Client:
    """Calls RPCs by name, with requests and answers as plain dictionaries."""

    def __init__(self, channel, pool, token):
        self.channel, self.pool, self.token = channel, pool, token

    def call(self, service, method, **fields):
        described = self.pool.FindServiceByName(f"{PACKAGE}.{service}").methods_by_name[method]
        request = json_format.ParseDict(fields, message_factory.GetMessageClass(described.input_type)())
        answer = message_factory.GetMessageClass(described.output_type)
        rpc = self.channel.unary_unary(
            f"/{PACKAGE}.{service}/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=answer.FromString,
        )
        metadata = [("authorization", f"Bearer {self.token}")] if self.token else []
        return json_format.MessageToDict(
            rpc(request, metadata=metadata, timeout=TIMEOUT_S), preserving_proto_field_name=True
        )


def check(holds, what):
    if not holds:
        sys.exit(f"reflection: {what}")


def registration(category):
    person = {
        "display_name": "Li Jing",
        "native_name": "李静",
        "email": f"li.jing.{uuid.uuid4().hex}@example.org",
        "language_code": "zh",
        "region_code": "CN",
    }
    return {"registration": {"category": category}, "new_person": person, "request_id": str(uuid.uuid4())}


def register(client):
    """Registers a new person for the first category that takes one; some events are over, which is theirs to say."""
    refusals = []
    for event in client.call("EventService", "ListEvents").get("events", []):
        for category in client.call("CategoryService", "ListCategories", parent=event["name"]).get("categories", []):
            request = {"parent": event["name"], **registration(category["name"])}
            try:
                created = client.call("RegistrationService", "CreateRegistration", **request)
            except grpc.RpcError as refusal:
                refusals.append(f"{category['name']}: {refusal.code().name} {refusal.details()}")
                continue
            return event, request, created
    sys.exit("reflection: nobody can register:\n" + "\n".join(refusals))


def main():
    with grpc.insecure_channel(sys.argv[1]) as channel:
        database = ProtoReflectionDescriptorDatabase(channel)
        services = set(database.get_services())
        print("\n".join(sorted(services)))
        check(EXPECTED_SERVICES <= services, f"missing: {sorted(EXPECTED_SERVICES - services)}")
        pool = descriptor_pool.DescriptorPool(database)

        try:
            Client(channel, pool, token=None).call("EventService", "ListEvents")
            check(False, "the events were listed without a token")
        except grpc.RpcError as refusal:
            check(refusal.code() == grpc.StatusCode.UNAUTHENTICATED, f"without a token: {refusal.code().name}")

        client = Client(channel, pool, os.environ["ATTACHE_TOKEN"])
        event, request, created = register(client)
        check(created["name"].startswith(f"{event['name']}/registrations/"), f"an odd name: {created['name']}")
        check("state" in created, "the registration has no state")
        repeated = client.call("RegistrationService", "CreateRegistration", **request)
        check(repeated["name"] == created["name"], "the repeated request made a second registration")
        print(f"created {created['name']}, {created['state']}")


main()
